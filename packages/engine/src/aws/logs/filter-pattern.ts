import { AwsError } from '../../core/errors.ts';

/**
 * Makes a predicate of an unstructured filter pattern: words and "phrases" must all be there, `-word` must not, and of
 * several `?word` one must be. Case counts. Patterns over JSON or columns are refused, not ignored.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
 */
export function filterPattern(pattern: string | undefined): (message: string) => boolean {
  const text = pattern?.trim() ?? '';
  if (text.length > 1024)
    throw new AwsError('InvalidParameterException', 'filterPattern has more than 1024 characters');
  if (/^[{[%]/.test(text)) {
    throw new AwsError(
      'InvalidParameterException',
      'filterPattern: JSON, column and regular expression patterns are not carried out locally; use words',
    );
  }
  const terms = [...text.matchAll(/([?-]?)(?:"([^"]*)"|(\S+))/g)].map(match => ({
    kind: match[1],
    word: match[2] ?? match[3] ?? '',
  }));
  const of = (kind: string): string[] => terms.filter(term => term.kind === kind).map(term => term.word);
  const [all, none, some] = [of(''), of('-'), of('?')];
  return message =>
    all.every(word => message.includes(word)) &&
    !none.some(word => message.includes(word)) &&
    (some.length === 0 || all.length > 0 || some.some(word => message.includes(word)));
}
