import * as z from 'zod';

/** The longest address that mail can reach: RFC 5321, 4.5.3.1.3, without its angle brackets. */
const maxBytes = 254;

/**
 * An e-mail address in the one form in which it is kept and looked up: without blanks around it and in small
 * letters. Only ASCII is taken, before letters are made small: otherwise a Kelvin sign would become a `k`.
 */
export const emailSchema = z
  .string()
  .trim()
  .max(maxBytes)
  .refine(text => /^[\x21-\x7e]*$/.test(text), 'Use an address of ASCII letters, digits and signs.')
  .toLowerCase()
  .pipe(z.email('Write an e-mail address as in ada@example.com.'))
  .meta({ format: 'email' });

/** Returns the address in its one form, or nothing where the text is no address. */
export function normalizeEmail(text: string): string | undefined {
  return emailSchema.safeParse(text).data;
}
