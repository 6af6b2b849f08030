// Makes zod's error messages English: zod/mini loads no language by itself.
import { en } from 'zod/locales';
import * as z from 'zod/mini';

z.config(en());
