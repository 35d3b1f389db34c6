import * as z from 'zod';

/** The symbol of a share. */
export const symbolSchema = z.string().regex(/^[A-Z]{1,6}$/);

/** The price of one share at one moment. */
export const quoteSchema = z
  .strictObject({
    symbol: symbolSchema,
    name: z.string(),
    price: z.number().describe('In dollars, to the cent'),
    change: z.number().describe('Per cent since midnight UTC, to two digits'),
    at: z.iso.datetime().describe('In UTC'),
  })
  .meta({ id: 'Quote' });
export type Quote = Readonly<z.output<typeof quoteSchema>>;
