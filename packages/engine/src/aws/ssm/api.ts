import type { Api } from '../../core/api.ts';
import { AwsError } from '../../core/errors.ts';
import type { Parameter, Parameters, ParameterType } from './parameter.ts';

// biome-ignore lint/suspicious/noExplicitAny: each operation checks what it takes
type Input = any;

const MAX_RESULTS = 10;

/** The parameters' part of Systems Manager. https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_Operations.html */
export function createApi(parameters: Parameters): Api {
  const find = (selector: string): Parameter | undefined => {
    const { name, version } = parseSelector(selector);
    return parameters.get(name, version);
  };
  const describe = (parameter: Parameter, selector?: string): object => ({
    Name: parameter.name,
    Type: parameter.type,
    Value: parameter.value,
    Version: parameter.version,
    LastModifiedDate: new Date(parameter.modified),
    ARN: parameters.arn(parameter.name),
    DataType: 'text',
    ...(selector ? { Selector: selector } : {}),
  });

  return {
    service: 'ssm',
    protocol: 'json-1.1',
    operations: {
      GetParameter: (input: Input) => {
        const written = text(input, 'Name');
        const { name, selector } = parseSelector(written);
        const parameter = find(written);
        if (parameter) return { Parameter: describe(parameter, selector) };
        if (parameters.get(name))
          throw new AwsError(
            'ParameterVersionNotFound',
            `Systems Manager could not find version ${selector} of ${name}.`,
          );
        throw new AwsError('ParameterNotFound', `Parameter ${name} not found.`);
      },
      GetParameters: (input: Input) => {
        const names = texts(input, 'Names', MAX_RESULTS);
        const found = names.map(name => ({ name, parameter: find(name) }));
        return {
          Parameters: found.flatMap(({ name, parameter }) =>
            parameter ? [describe(parameter, parseSelector(name).selector)] : [],
          ),
          InvalidParameters: found.filter(each => !each.parameter).map(each => each.name),
        };
      },
      GetParametersByPath: (input: Input) => {
        const path = text(input, 'Path');
        if (!path.startsWith('/'))
          throw new AwsError('ValidationException', 'The parameter path must begin with a slash /.');
        const found = parameters.under(path, input.Recursive === true);
        const start = Number(input.NextToken ?? 0);
        const size = input.MaxResults ?? MAX_RESULTS;
        if (!Number.isInteger(start) || start < 0)
          throw new AwsError('InvalidNextToken', 'The specified token is not valid.');
        if (!Number.isInteger(size) || size < 1 || size > MAX_RESULTS) {
          throw new AwsError('ValidationException', `MaxResults must be between 1 and ${MAX_RESULTS}`);
        }
        const end = start + size;
        return {
          Parameters: found.slice(start, end).map(each => describe(each)),
          ...(end < found.length ? { NextToken: String(end) } : {}),
        };
      },
      PutParameter: (input: Input) => {
        const type = optionalText(input, 'Type') as ParameterType | undefined;
        const description = optionalText(input, 'Description');
        const allowedPattern = optionalText(input, 'AllowedPattern');
        const { version } = parameters.put({
          name: nameOf(text(input, 'Name')),
          value: optionalText(input, 'Value') ?? '',
          overwrite: input.Overwrite === true,
          ...(type ? { type } : {}),
          ...(description === undefined ? {} : { description }),
          ...(allowedPattern === undefined ? {} : { allowedPattern }),
        });
        return { Version: version, Tier: 'Standard' };
      },
      DeleteParameter: (input: Input) => {
        const name = nameOf(text(input, 'Name'));
        if (!parameters.delete(name)) throw new AwsError('ParameterNotFound', `Parameter ${name} not found.`);
      },
      DeleteParameters: (input: Input) => {
        const names = texts(input, 'Names', MAX_RESULTS);
        const deleted = names.filter(name => parameters.delete(nameOf(name)));
        return {
          DeletedParameters: deleted,
          InvalidParameters: names.filter(name => !deleted.includes(name)),
        };
      },
    },
  };
}

/** `name`, `name:3` or an ARN with either. Labels are not carried out, so they name no version. */
function parseSelector(written: string): { name: string; version?: number; selector?: string } {
  const plain = nameOf(written);
  const colon = plain.lastIndexOf(':');
  if (colon < 0) return { name: plain };
  const selector = plain.slice(colon);
  return { name: plain.slice(0, colon), version: Number(selector.slice(1)), selector };
}

/** `arn:aws:ssm:<region>:<account>:parameter/a/b` names `/a/b`; one without a slash in it was made without. */
function nameOf(nameOrArn: string): string {
  const match = /^arn:[^:]+:ssm:[^:]*:[^:]*:parameter(\/.+)$/.exec(nameOrArn);
  if (!match?.[1]) return nameOrArn;
  return match[1].lastIndexOf('/') > 0 ? match[1] : match[1].slice(1);
}

function optionalText(input: Input, member: string): string | undefined {
  const value: unknown = input?.[member] ?? undefined;
  if (value === undefined || typeof value === 'string') return value;
  throw new AwsError('ValidationException', `${member} must be a string`);
}

function text(input: Input, member: string): string {
  const value = optionalText(input, member);
  if (value) return value;
  throw new AwsError('ValidationException', `${member} is required`);
}

function texts(input: Input, member: string, limit: number): string[] {
  const value: unknown = input?.[member];
  if (
    Array.isArray(value) &&
    value.length >= 1 &&
    value.length <= limit &&
    value.every(each => typeof each === 'string')
  ) {
    return value;
  }
  throw new AwsError('ValidationException', `${member} must be a list of 1 to ${limit} strings`);
}
