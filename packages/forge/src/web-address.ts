import { z } from 'zod';

/** What people are sent to: an address of the web, and nothing a browser would run. */
export const WebAddress = z
  .string()
  .max(2048)
  .url()
  .refine((url) => /^https?:\/\//i.test(url) && !/[\u0000-\u0020\u007f]/.test(url));
