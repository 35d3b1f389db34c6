import { AwsError } from '../../core/errors.ts';
import type { TagMutability } from './tables.ts';

/** Throws InvalidParameterException for a value that is not carried out locally. */
export function readMutability(value: unknown): TagMutability {
  if (value === undefined) return 'MUTABLE';
  if (value === 'MUTABLE' || value === 'IMMUTABLE') return value;
  throw new AwsError(
    'InvalidParameterException',
    `imageTagMutability ${JSON.stringify(value)} is not carried out locally: use MUTABLE or IMMUTABLE`,
  );
}

/** A policy is JSON text, or in a template an object. Returns it as text. */
export function readPolicy(value: unknown, member: string): string {
  try {
    const policy: unknown = typeof value === 'string' ? JSON.parse(value) : value;
    if (typeof policy === 'object' && policy !== null)
      return typeof value === 'string' ? value : JSON.stringify(policy);
  } catch {
    // said below
  }
  throw new AwsError(
    'InvalidParameterException',
    `Invalid parameter at '${member}': it is not a JSON object`,
  );
}
