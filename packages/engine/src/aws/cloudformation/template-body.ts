import { parseTemplate, type Template, TemplateError } from '@slipway/assembly';
import { type CollectionTag, parseDocument, type ScalarTag } from 'yaml';

/** The short forms of intrinsic functions in YAML. `!Ref` and `!Condition` stand for keys without `Fn::`. */
const FUNCTIONS = [
  ...['Ref', 'Condition', 'GetAtt', 'Sub', 'Join', 'Select', 'Split', 'If', 'Equals', 'And', 'Or', 'Not'],
  ...['FindInMap', 'ImportValue', 'GetAZs', 'Base64', 'Cidr', 'Length', 'ToJsonString', 'Transform'],
];

/** CloudFormation's limit for a template in S3. */
export const MAX_BODY_BYTES = 1_000_000;

/** The template of a text in JSON or YAML. Throws a TemplateError. */
export function parseBody(body: string, stackName?: string): Template {
  return parseTemplate(parseText(body, stackName), stackName);
}

function parseText(body: string, stackName: string | undefined): unknown {
  if (Buffer.byteLength(body) > MAX_BODY_BYTES) {
    throw new TemplateError(`Template may not exceed ${MAX_BODY_BYTES} bytes in size.`, { stackName });
  }
  try {
    return body.trimStart().startsWith('{') ? JSON.parse(body) : parseYaml(body);
  } catch (error) {
    const form = body.trimStart().startsWith('{') ? 'JSON' : 'YAML';
    const reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
    throw new TemplateError(`Template format error: ${form} not well-formed. (${reason})`, { stackName });
  }
}

function parseYaml(body: string): unknown {
  const customTags = FUNCTIONS.flatMap(name => [
    shortForm(name),
    shortForm(name, 'seq'),
    shortForm(name, 'map'),
  ]);
  const document = parseDocument(body, { customTags, merge: true });
  const [error] = [...document.errors, ...document.warnings];
  if (error) throw error;
  return document.toJS({ maxAliasCount: 100 });
}

function shortForm(name: string, collection?: 'seq' | 'map'): ScalarTag | CollectionTag {
  const key = name === 'Ref' || name === 'Condition' ? name : `Fn::${name}`;
  const tag = `!${name}`;
  if (!collection) return { tag, resolve: value => ({ [key]: value }) };
  return { tag, collection, resolve: value => ({ [key]: value.toJSON() }) };
}
