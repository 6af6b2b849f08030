// What people are to an action: whose yes counts.
import * as z from 'zod';

export const Role = z.enum(['analyst', 'manager']);
