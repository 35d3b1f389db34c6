import { z } from 'zod';

const topic = z
  .string()
  .regex(/^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]{1,256}$/, 'must be the ARN of an SNS topic');
const email = z.string().regex(/^[^\s@]{1,64}@[^\s@]{1,190}$/, 'must be an e-mail address');

/** The schema of `alarms:` of an environment. */
export const alarmsSchema = z.strictObject({
  email: z
    .array(email)
    .max(20, 'name at most twenty addresses: use a list of your mail server')
    .refine(all => new Set(all).size === all.length, 'names an address twice')
    .default([]),
  topic: topic.optional(),
});

/** Who is told of an environment's alarms: nobody where both are left out. */
export type Alarms = z.infer<typeof alarmsSchema>;

/** What is wrong with alarms' targets beside the place: CloudWatch tells topics of its own region only. */
export function alarmIssues({ topic }: Alarms, region: string): { path: PropertyKey[]; message: string }[] {
  const own = topic?.split(':')[3];
  if (own === undefined || own === region) return [];
  return [{ path: ['topic'], message: `must be a topic in ${region}` }];
}
