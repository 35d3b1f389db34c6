import { ContractError } from '@slipway/contract';

/** Something the user can mend: shown as one sentence, without a stack trace; the command exits with `exitCode`. */
export class UserError extends Error {
  readonly exitCode: number;

  constructor(message: string, exitCode = 1) {
    super(message);
    this.name = 'UserError';
    this.exitCode = exitCode;
  }
}

/** The sentence for anything thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

const UNREACHABLE = ['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'EAI_AGAIN', 'ETIMEDOUT'];

/** Whether nobody answered where something was asked. */
export function isUnreachable(error: unknown): boolean {
  return unreachableCode(error) !== undefined;
}

function unreachableCode(error: unknown): string | undefined {
  const { code, cause } = (error ?? {}) as { code?: unknown; cause?: { code?: unknown } };
  return UNREACHABLE.find(each => each === code || each === cause?.code);
}

/** What the user can mend of anything thrown: refusals of AWS, no access, no network. Undefined for a bug. */
export function asUserError(error: unknown): UserError | undefined {
  if (error instanceof UserError) return error;
  if (!(error instanceof Error)) return undefined;
  if (error instanceof ContractError) return new UserError(error.message);
  const unreachable = unreachableCode(error);
  if (unreachable)
    return new UserError(`Nobody answers there (${unreachable}): is it running, and is the network up?`);
  if (error.name === 'CredentialsProviderError' || /^Region is missing/.test(error.message))
    return new UserError(`AWS cannot be asked: ${error.message} (profile and region as in any AWS tool)`);
  if ('$fault' in error) return new UserError(`AWS refused: ${error.name}: ${error.message}`);
  return undefined;
}
