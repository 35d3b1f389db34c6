import { TemplateError } from './errors.ts';
import { evaluate } from './intrinsics/conditions.ts';
import { resolve } from './intrinsics/resolve.ts';
import type { Scope } from './intrinsics/scope.ts';

/**
 * The truth of every condition of a template. `scopeOf` makes a scope in which the given conditions are known.
 * Throws a TemplateError when conditions go in a circle or use what is no parameter.
 */
export function evaluateConditions(
  conditions: ReadonlyMap<string, unknown>,
  scopeOf: (known: ReadonlyMap<string, boolean>) => Scope,
): Map<string, boolean> {
  const known = new Map<string, boolean>();
  const path: string[] = [];
  const scope: Scope = { ...scopeOf(known), condition: name => truth(name) };

  const truth = (name: string): boolean => {
    const settled = known.get(name);
    if (settled !== undefined) return settled;
    if (path.includes(name)) {
      throw new TemplateError(
        `Circular dependencies for conditions: [${[...path.slice(path.indexOf(name)), name].join(', ')}]`,
      );
    }
    if (!conditions.has(name)) {
      throw new TemplateError(
        `Template format error: Unresolved condition dependency ${name} in the Conditions block of the template`,
      );
    }
    path.push(name);
    const value = evaluate(conditions.get(name), scope, inner => resolve(inner, scope));
    path.pop();
    known.set(name, value);
    return value;
  };

  for (const name of conditions.keys()) truth(name);
  return new Map([...conditions.keys()].map(name => [name, known.get(name) ?? false]));
}
