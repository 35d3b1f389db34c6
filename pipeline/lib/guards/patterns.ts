/** A condition of a listener rule, as the template has it. */
export interface RuleCondition {
  readonly Field?: string;
  readonly Values?: readonly string[];
  readonly PathPatternConfig?: { readonly Values?: readonly string[] };
  readonly HostHeaderConfig?: { readonly Values?: readonly string[] };
  readonly HttpRequestMethodConfig?: { readonly Values?: readonly string[] };
  readonly HttpHeaderConfig?: { readonly Values?: readonly string[] };
  readonly SourceIpConfig?: { readonly Values?: readonly string[] };
  readonly QueryStringConfig?: { readonly Values?: readonly unknown[] };
}

export function valuesOf(condition: RuleCondition): string[] {
  const lists = [
    condition.Values,
    condition.PathPatternConfig?.Values,
    condition.HostHeaderConfig?.Values,
    condition.HttpRequestMethodConfig?.Values,
    condition.HttpHeaderConfig?.Values,
    condition.SourceIpConfig?.Values,
    condition.QueryStringConfig?.Values,
  ];
  return lists.flatMap(list => (list ?? []).map(value => (typeof value === 'string' ? value : '')));
}

/** Whether a request can fulfil both: all conditions of a rule must hold, and one value of each. */
export function conditionsOverlap(a: readonly RuleCondition[], b: readonly RuleCondition[]): boolean {
  return ['path-pattern', 'host-header', 'http-request-method'].every(field => {
    const [of, and] = [a, b].map(rule => rule.filter(({ Field }) => Field === field).flatMap(valuesOf));
    if (of!.length === 0 || and!.length === 0) return true;
    const fold = (text: string) => (field === 'host-header' ? text.toLowerCase() : text);
    return of!.some(left => and!.some(right => patternsOverlap(fold(left), fold(right))));
  });
}

/** Whether a text exists that fits both patterns: `*` stands for any characters, `?` for exactly one. */
export function patternsOverlap(a: string, b: string): boolean {
  // reached[j]: a text fits what is read of a so far and the first j characters of b
  let reached = Array.from({ length: b.length + 1 }, (_, j) =>
    [...b.slice(0, j)].every(each => each === '*'),
  );
  for (const left of a) {
    const next: boolean[] = [left === '*' && reached[0]!];
    for (let j = 1; j <= b.length; j++) {
      const right = b[j - 1]!;
      next[j] =
        left === '*' || right === '*'
          ? reached[j]! || next[j - 1]!
          : reached[j - 1]! && (left === right || left === '?' || right === '?');
    }
    reached = next;
  }
  return reached[b.length]!;
}
