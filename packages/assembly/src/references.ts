import { at, TemplateError } from './errors.ts';
import { splitIf } from './intrinsics/conditions.ts';
import { splitGetAtt } from './intrinsics/references.ts';
import { functionCall } from './intrinsics/resolve.ts';
import { namesInSub, splitSub } from './intrinsics/strings.ts';
import { isObject } from './json.ts';
import type { Template } from './template.ts';

/** A name that a value takes from its template. */
export interface Reference {
  name: string;
  /** Present for Fn::GetAtt and for `${Name.Attribute}`. */
  attribute?: string;
}

/** Whether a condition holds; without it both branches of every Fn::If are looked into. */
export type Truth = ((condition: string) => boolean) | undefined;

/** Everything that `value` refers to by Ref, Fn::GetAtt and Fn::Sub, pseudo parameters left out. */
export function referencesIn(value: unknown, truth?: Truth): Reference[] {
  const found: Reference[] = [];
  collect(value, truth, found);
  return found.filter(reference => !reference.name.startsWith('AWS::'));
}

function collect(value: unknown, truth: Truth, found: Reference[]): void {
  if (Array.isArray(value)) for (const item of value) collect(item, truth, found);
  if (!isObject(value)) return;
  const call = functionCall(value);
  if (!call) for (const item of Object.values(value)) collect(item, truth, found);
  else collectCall(call.name, call.argument, truth, found);
}

function collectCall(name: string, argument: unknown, truth: Truth, found: Reference[]): void {
  if (name === 'Ref' && typeof argument === 'string') found.push({ name: argument });
  else if (name === 'Fn::GetAtt') {
    const [logicalId, attribute] = splitGetAtt(argument);
    found.push({ name: logicalId, attribute: typeof attribute === 'string' ? attribute : '' });
    collect(attribute, truth, found);
  } else if (name === 'Fn::Sub') {
    for (const each of namesInSub(argument)) found.push(splitName(each));
    collect(splitSub(argument).variables, truth, found);
  } else if (name === 'Fn::If' && truth) {
    const { condition, yes, no } = splitIf(argument);
    collect(truth(condition) ? yes : no, truth, found);
  } else collect(argument, truth, found);
}

function splitName(name: string): Reference {
  const dot = name.indexOf('.');
  return dot < 0 ? { name } : { name: name.slice(0, dot), attribute: name.slice(dot + 1) };
}

/** Throws AWS's sentence when something refers to a resource, parameter or condition that the template has not. */
export function checkReferences(template: Template): void {
  for (const [logicalId, resource] of template.resources) {
    at({ logicalId }, () => {
      checkCondition(template, resource.condition, 'Resources');
      checkNames(template, referencesIn([resource.properties, resource.metadata]), 'Resources');
      checkNames(
        template,
        resource.dependsOn.map(name => ({ name, resource: true })),
        'Resources',
      );
    });
  }
  for (const output of template.outputs.values()) {
    checkCondition(template, output.condition, 'Outputs');
    checkNames(template, referencesIn([output.value, output.exportName]), 'Outputs');
  }
}

function checkNames(
  template: Template,
  references: (Reference & { resource?: boolean })[],
  block: string,
): void {
  const { resources, parameters } = template;
  const attribute = references.find(each => each.attribute !== undefined && !resources.has(each.name));
  if (attribute) {
    throw new TemplateError(
      `Template error: instance of Fn::GetAtt references undefined resource ${attribute.name}`,
    );
  }
  const unknown = references.filter(
    each => !resources.has(each.name) && (each.resource || !parameters.has(each.name)),
  );
  if (unknown.length > 0) {
    const names = [...new Set(unknown.map(each => each.name))].join(', ');
    throw new TemplateError(
      `Template format error: Unresolved resource dependencies [${names}] in the ${block} block of the template`,
    );
  }
}

function checkCondition(template: Template, condition: string | undefined, block: string): void {
  if (condition === undefined || template.conditions.has(condition)) return;
  throw new TemplateError(
    `Template format error: Unresolved condition dependency ${condition} in the ${block} block of the template`,
  );
}
