import { z } from 'zod';

/** Who is told when a pipeline fails or waits for an approval; each address has to confirm AWS's first mail. */
export const notificationsSchema = z
  .strictObject({
    email: z
      .array(z.email('must be an e-mail address').max(254))
      .max(50, 'name at most fifty addresses: use a mailing list')
      .refine(all => new Set(all).size === all.length, 'names an address twice')
      .default([]),
  })
  .prefault({});
