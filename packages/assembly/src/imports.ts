import { TemplateError } from './errors.ts';
import { resolve } from './intrinsics/resolve.ts';
import type { Scope } from './intrinsics/scope.ts';
import { isObject } from './json.ts';
import { referencesIn } from './references.ts';
import type { Template } from './template.ts';

/** The names that Fn::ImportValue takes in `values`; branches of Fn::If that are not taken are left out. */
export function importNames(values: unknown, template: Template, scope: Scope): string[] {
  const names = new Set<string>();
  const collecting: Scope = {
    ...scope,
    importValue: name => {
      names.add(name);
      return '';
    },
  };
  for (const call of importCalls(values, scope)) {
    if (referencesIn(call).some(each => template.resources.has(each.name))) {
      throw new TemplateError(
        'Template error: the attribute in Fn::ImportValue must not depend on any resources, imported values, or Fn::GetAZs',
      );
    }
    resolve(call, collecting);
  }
  return [...names].sort();
}

function importCalls(value: unknown, scope: Scope): unknown[] {
  if (Array.isArray(value)) return value.flatMap(item => importCalls(item, scope));
  if (!isObject(value)) return [];
  if ('Fn::ImportValue' in value) return [value];
  const branch = value['Fn::If'];
  if (Array.isArray(branch) && typeof branch[0] === 'string') {
    return importCalls(scope.condition(branch[0]) ? branch[1] : branch[2], scope);
  }
  return Object.values(value).flatMap(item => importCalls(item, scope));
}
