import { InvalidArgumentError, Option } from 'commander';

/** `--state`: which engine's. */
export function stateOption(): Option {
  return new Option('--state <dir>', "the engine's state directory (default: a folder of yours)");
}

/** `--target`: the engine of this checkout, or AWS. */
export function targetOption(): Option {
  return new Option('--target <where>', 'local or aws').choices(['local', 'aws']).default('local');
}

/** A number of at least 1. */
export function positive(value: string): number {
  const number = Number(value);
  if (Number.isFinite(number) && number >= 1) return number;
  throw new InvalidArgumentError('give a number of at least 1.');
}
