// Why an email did not reach its recipient, as Amazon SES reports it.
import * as z from 'zod/mini';

export const Undelivered = z.enum(['bounced', 'marked-as-spam', 'refused', 'delayed']);
export type Undelivered = z.infer<typeof Undelivered>;
