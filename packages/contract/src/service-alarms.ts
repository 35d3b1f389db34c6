import { z } from 'zod';

const off = z.literal(false);
const orOff = <Schema extends z.ZodType>(schema: Schema) =>
  z.union([off, schema], 'must be a number, or false for none');

/** The schema of `alarms:` of a service: what shall wake somebody. A number is the threshold, `false` is no alarm. */
export const serviceAlarms = z.strictObject({
  /** Percent of the requests that are answered with 5xx. */
  errors: orOff(z.number().gt(0).max(100)).default(5),
  /** Milliseconds within which 99 of 100 requests are answered. */
  latency: orOff(z.int().min(1).max(60_000)).default(2000),
  /** Tasks that fail their health check. */
  unhealthy: orOff(z.int().min(1).max(100)).default(1),
  /** Minutes during which fewer tasks are healthy than there should be: they end, restart, or do not start. */
  missing: orOff(z.int().min(1).max(60)).default(5),
  /** Requests that a table refused for lack of capacity, in five minutes. */
  throttles: orOff(z.int().min(1).max(1_000_000)).default(1),
  /** Whether errors and latency stop a release and take it back. */
  rollback: z.boolean('must be true or false').default(true),
});

export type ServiceAlarms = z.infer<typeof serviceAlarms>;
