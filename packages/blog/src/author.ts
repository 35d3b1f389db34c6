import * as z from 'zod';

/** Who wrote something: the user as the token said when it was written. */
export const authorSchema = z.strictObject({
  id: z.string().describe("The user's id"),
  name: z.string().describe('The name that the user had then'),
});
export type Author = Readonly<z.output<typeof authorSchema>>;
