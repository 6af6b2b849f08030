// What people are to an action: whose yes counts.
import { z } from 'zod';

export const Role = z.enum(['analyst', 'manager']);
