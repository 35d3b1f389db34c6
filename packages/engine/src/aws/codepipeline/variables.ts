const REFERENCE = /#\{([^}]*)\}/g;

/** The variables of an execution: by namespace, then by name. */
export type Namespaces = Record<string, Record<string, string>>;

/** A variable that is referred to and has no value. */
export class UnresolvedVariable extends Error {}

/** The namespaces of the references in a text; a reference without a period gives itself. */
export function namespacesIn(text: string): string[] {
  return [...text.matchAll(REFERENCE)].map(match => {
    const reference = match[1]!;
    const period = reference.indexOf('.');
    return period > 0 && period < reference.length - 1 ? reference.slice(0, period) : reference;
  });
}

/** Replaces each `#{namespace.name}`. Throws UnresolvedVariable when one has no value. */
export function resolveVariables(text: string, namespaces: Namespaces): string {
  return text.replaceAll(REFERENCE, (_, reference: string) => {
    const period = reference.indexOf('.');
    const namespace = reference.slice(0, period);
    const name = reference.slice(period + 1);
    const value = Object.hasOwn(namespaces, namespace) ? namespaces[namespace] : undefined;
    if (period < 1 || value === undefined || !Object.hasOwn(value, name))
      throw new UnresolvedVariable(
        `The variable reference #{${reference}} could not be resolved: nothing has set it in this execution`,
      );
    return value[name]!;
  });
}

/**
 * Resolves every member of a configuration. Members that are JSON (EnvironmentVariables, ParameterOverrides) are
 * resolved value by value, so that a quote in a commit message cannot break them.
 */
export function resolveConfiguration(
  configuration: Record<string, string>,
  namespaces: Namespaces,
): Record<string, string> {
  const resolve = (value: unknown): unknown => {
    if (typeof value === 'string') return resolveVariables(value, namespaces);
    if (Array.isArray(value)) return value.map(resolve);
    if (typeof value === 'object' && value !== null)
      return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, resolve(member)]));
    return value;
  };
  return Object.fromEntries(
    Object.entries(configuration).map(([key, value]) => {
      const parsed = namespacesIn(value).length > 0 ? parseJson(value) : undefined;
      return [
        key,
        parsed === undefined ? resolveVariables(value, namespaces) : JSON.stringify(resolve(parsed)),
      ];
    }),
  );
}

function parseJson(text: string): object | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text) as object;
  } catch {
    return undefined;
  }
}
