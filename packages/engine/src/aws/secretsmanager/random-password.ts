import { randomInt } from 'node:crypto';
import { AwsError } from '../../core/errors.ts';

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-secretsmanager-secret-generatesecretstring.html */
export interface PasswordRules {
  PasswordLength?: number | string;
  ExcludeCharacters?: string;
  ExcludeLowercase?: boolean | string;
  ExcludeUppercase?: boolean | string;
  ExcludeNumbers?: boolean | string;
  ExcludePunctuation?: boolean | string;
  IncludeSpace?: boolean | string;
  RequireEachIncludedType?: boolean | string;
}

const DEFAULT_LENGTH = 32;
const MAX_LENGTH = 4096;

/**
 * A password of the characters that the rules leave, one of each kind at least unless they say otherwise.
 * @throws {AwsError} InvalidParameterException when the rules leave no character or no room
 */
export function randomPassword(rules: PasswordRules): string {
  const length = Number(rules.PasswordLength ?? DEFAULT_LENGTH);
  const kinds = kindsOf(rules);
  const each = isTrue(rules.RequireEachIncludedType ?? true);
  if (!Number.isInteger(length) || length < 1 || length > MAX_LENGTH)
    throw invalid(`PasswordLength must be a whole number from 1 to ${MAX_LENGTH}`);
  if (kinds.length === 0) throw invalid('The rules exclude every character');
  if (each && length < kinds.length) throw invalid('PasswordLength has no room for a character of each type');
  const all = kinds.join('');
  const needed = each ? kinds.map(pick) : [];
  const rest = Array.from({ length: length - needed.length }, () => pick(all));
  return shuffled([...needed, ...rest]).join('');
}

function kindsOf(rules: PasswordRules): string[] {
  const kinds: [boolean, string][] = [
    [!isTrue(rules.ExcludeLowercase), 'abcdefghijklmnopqrstuvwxyz'],
    [!isTrue(rules.ExcludeUppercase), 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'],
    [!isTrue(rules.ExcludeNumbers), '0123456789'],
    [!isTrue(rules.ExcludePunctuation), '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~'],
    [isTrue(rules.IncludeSpace), ' '],
  ];
  const excluded = new Set(rules.ExcludeCharacters ?? '');
  return kinds.flatMap(([included, characters]) => {
    const left = [...characters].filter(character => !excluded.has(character)).join('');
    return included && left !== '' ? [left] : [];
  });
}

function pick(characters: string): string {
  return characters.charAt(randomInt(characters.length));
}

function shuffled(characters: string[]): string[] {
  const result = [...characters];
  for (let last = result.length - 1; last > 0; last--) {
    const other = randomInt(last + 1);
    [result[last], result[other]] = [result[other]!, result[last]!];
  }
  return result;
}

function isTrue(value: unknown): boolean {
  return value === true || value === 'true';
}

function invalid(message: string): AwsError {
  return new AwsError('InvalidParameterException', message);
}
