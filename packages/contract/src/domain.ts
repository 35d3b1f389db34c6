import { z } from 'zod';

const domainName = z
  .string()
  .max(253, 'use at most 253 characters')
  .regex(
    /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$/,
    'must be a domain name in lower-case letters, as in services.example.com',
  );

/** The schema of `domain:` of an environment. */
export const domainSchema = z
  .strictObject({
    name: domainName,
    zone: z.strictObject({
      id: z
        .string()
        .regex(/^Z[A-Z0-9]{1,31}$/, 'must be the id of a Route 53 hosted zone, as in Z0123456789ABCDEFGHIJ'),
      name: domainName,
    }),
    certificate: z
      .string()
      .regex(
        /^arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate\/[0-9a-f-]{36}$/,
        'must be the ARN of an ACM certificate',
      )
      .optional(),
  })
  .superRefine(({ name, zone }, context) => {
    if (name !== zone.name && !name.endsWith(`.${zone.name}`))
      context.addIssue({ code: 'custom', path: ['name'], message: `must be ${zone.name} or below it` });
  });

/** Where users reach an environment: a name in a hosted zone of the environment's account. */
export type Domain = z.infer<typeof domainSchema>;

/** What is wrong with a domain beside the place it is for: a balancer takes certificates of its own region only. */
export function domainIssues(
  { certificate }: Domain,
  region: string,
): { path: PropertyKey[]; message: string }[] {
  const own = certificate?.split(':')[3];
  if (own === undefined || own === region) return [];
  return [{ path: ['certificate'], message: `must be a certificate in ${region}` }];
}
