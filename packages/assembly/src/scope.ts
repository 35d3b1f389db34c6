import { type Lookups, pseudoParameter, type StackEnvironment } from './environment.ts';
import { TemplateError } from './errors.ts';
import { NO_VALUE, type ResourceValues, type Scope } from './intrinsics/scope.ts';
import type { ParameterValue } from './parameters.ts';
import type { Template } from './template.ts';

/** The values of a resource that exists; undefined while it does not. */
export type Resources = (logicalId: string) => ResourceValues | undefined;

export interface ScopeParts {
  template: Template;
  environment: StackEnvironment;
  parameters: ReadonlyMap<string, ParameterValue>;
  conditions: ReadonlyMap<string, boolean>;
  resources: Resources;
  lookups: Lookups;
}

/** What the intrinsic functions of one template see. */
export function createScope(parts: ScopeParts): Scope {
  const { template, environment, parameters, conditions, lookups } = parts;
  return {
    region: environment.region,
    languageExtensions: template.languageExtensions,
    ref: name => {
      if (name === 'AWS::NoValue') return NO_VALUE;
      return (
        parameters.get(name)?.value ?? pseudoParameter(name, environment) ?? existing(name, parts).physicalId
      );
    },
    attribute: (logicalId, name) => {
      const { attributes } = existing(logicalId, parts);
      if (Object.hasOwn(attributes, name)) return attributes[name];
      const type = template.resources.get(logicalId)?.type;
      throw new TemplateError(`Requested attribute ${name} does not exist in schema for ${type}`);
    },
    condition: name => truthOf(conditions, name),
    mapping: (name, first, second) => template.mappings.get(name)?.get(first)?.get(second),
    importValue: name => {
      const value = lookups.exported(name);
      if (value === undefined) throw new TemplateError(`No export named ${name} found`);
      return value;
    },
    zones: lookups.zones,
  };
}

/** The truth of a condition. Throws a TemplateError when the template does not declare it. */
export function truthOf(conditions: ReadonlyMap<string, boolean>, name: string): boolean {
  const truth = conditions.get(name);
  if (truth !== undefined) return truth;
  throw new TemplateError(
    `Template format error: Unresolved dependency [${name}]. Cannot reference undefined conditions.`,
  );
}

function existing(logicalId: string, { resources }: ScopeParts): ResourceValues {
  const values = resources(logicalId);
  if (values) return values;
  throw new TemplateError(
    `Template format error: Unresolved resource dependencies [${logicalId}] in the Resources block of the template`,
  );
}
