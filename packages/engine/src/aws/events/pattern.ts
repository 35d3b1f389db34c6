/** An event pattern as a rule holds it; checked by `checkPattern`. */
export type Pattern = { [field: string]: Pattern | readonly unknown[] };

type Json = unknown;

const OPERATORS: Record<string, (operand: Json, value: Json) => boolean> = {
  prefix: (operand, value) => typeof value === 'string' && starts(operand, value, s => s),
  suffix: (operand, value) => typeof value === 'string' && starts(operand, value, reverse),
  'equals-ignore-case': (operand, value) =>
    typeof value === 'string' && value.toLowerCase() === String(operand).toLowerCase(),
  wildcard: (operand, value) => typeof value === 'string' && wildcard(String(operand)).test(value),
  'anything-but': (operand, value) => !anyOf(operand).some(each => matchesOne(each, value)),
  numeric: (operand, value) => typeof value === 'number' && inRange(operand as Json[], value),
};

/**
 * Whether an event matches: every field of the pattern must, by any of its listed values.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
 */
export function matches(pattern: Pattern, event: Json): boolean {
  if (Array.isArray(event)) return event.some(each => matches(pattern, each));
  return Object.entries(pattern).every(([field, wanted]) => {
    if (field === '$or') return (wanted as readonly Pattern[]).some(each => matches(each, event));
    const value = isObject(event) && Object.hasOwn(event, field) ? event[field] : undefined;
    if (!Array.isArray(wanted)) return value !== undefined && matches(wanted as Pattern, value);
    return wanted.some(each => matchesField(each, value));
  });
}

function matchesField(wanted: Json, value: Json): boolean {
  if (isObject(wanted) && 'exists' in wanted)
    return (value !== undefined && !isObject(value)) === wanted.exists;
  if (value === undefined) return false;
  return Array.isArray(value) ? value.some(each => matchesOne(wanted, each)) : matchesOne(wanted, value);
}

function matchesOne(wanted: Json, value: Json): boolean {
  if (!isObject(wanted)) return wanted === value;
  return Object.entries(wanted).every(([name, operand]) => OPERATORS[name]?.(operand, value) ?? false);
}

/** Throws a sentence for a pattern that EventBridge would refuse, or that uses an operator not carried out here. */
export function checkPattern(pattern: unknown, path = ''): asserts pattern is Pattern {
  if (!isObject(pattern) || Object.keys(pattern).length === 0) {
    throw new Error(
      `Event pattern is not valid. Reason: "${path || 'the pattern'}" must be an object or an array`,
    );
  }
  for (const [field, wanted] of Object.entries(pattern)) {
    const here = path ? `${path}.${field}` : field;
    if (field === '$or') {
      if (!Array.isArray(wanted) || wanted.length < 2)
        throw new Error(`Event pattern is not valid. Reason: "${here}" must be an array of patterns`);
      for (const each of wanted) checkPattern(each, path);
    } else if (Array.isArray(wanted)) {
      if (wanted.length === 0)
        throw new Error(`Event pattern is not valid. Reason: Empty arrays are not allowed (${here})`);
      for (const each of wanted) checkMatcher(each, here);
    } else checkPattern(wanted, here);
  }
}

function checkMatcher(wanted: Json, path: string): void {
  if (!isObject(wanted)) return;
  const [name = '', ...more] = Object.keys(wanted);
  const known = name === 'exists' || Object.hasOwn(OPERATORS, name);
  if (!known || more.length > 0)
    throw new Error(`The matching by "${[name, ...more].join(', ')}" in ${path} is not carried out locally`);
  const operand = wanted[name];
  if (name === 'exists' && typeof operand !== 'boolean')
    throw new Error(`Event pattern is not valid. Reason: exists in ${path} must be true or false`);
  if (name === 'numeric' && !isRange(operand))
    throw new Error(
      `Event pattern is not valid. Reason: numeric in ${path} must be pairs of an operator and a number`,
    );
  if (name === 'anything-but') for (const each of anyOf(operand)) checkMatcher(each, path);
}

/** `["prefix"]`, or `{ "equals-ignore-case": "prefix" }`. */
function starts(operand: Json, value: string, view: (text: string) => string): boolean {
  if (!isObject(operand)) return view(value).startsWith(view(String(operand)));
  return view(value.toLowerCase()).startsWith(view(String(operand['equals-ignore-case']).toLowerCase()));
}

function reverse(text: string): string {
  return [...text].reverse().join('');
}

/** The operand of anything-but: a value, a list, or an operator whose own operand may be a list. */
function anyOf(operand: Json): Json[] {
  if (Array.isArray(operand)) return operand;
  if (!isObject(operand)) return [operand];
  return Object.entries(operand).flatMap(([name, inner]) => [inner].flat().map(each => ({ [name]: each })));
}

function wildcard(pattern: string): RegExp {
  const parts = pattern.split(/\*+/).map(part => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  return new RegExp(`^${parts.join('[^]*')}$`);
}

const COMPARISONS: Record<string, (value: number, bound: number) => boolean> = {
  '=': (value, bound) => value === bound,
  '<': (value, bound) => value < bound,
  '<=': (value, bound) => value <= bound,
  '>': (value, bound) => value > bound,
  '>=': (value, bound) => value >= bound,
};

function isRange(operand: Json): boolean {
  return (
    Array.isArray(operand) &&
    (operand.length === 2 || operand.length === 4) &&
    operand.every((each, index) =>
      index % 2 === 0 ? Object.hasOwn(COMPARISONS, String(each)) : typeof each === 'number',
    )
  );
}

function inRange(operand: Json[], value: number): boolean {
  for (let index = 0; index < operand.length; index += 2) {
    if (!COMPARISONS[String(operand[index])]?.(value, Number(operand[index + 1]))) return false;
  }
  return true;
}

function isObject(value: Json): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
