import { readFile } from 'node:fs/promises';
import type { Api, Caller } from '../../core/api.ts';
import type { Context } from '../../core/context.ts';
import { AwsError } from '../../core/errors.ts';
import type { StackRequest } from './definitions.ts';
import { descriptions } from './descriptions.ts';
import type { Evaluations } from './evaluations.ts';
import { type Input, list, optionalText, pairs, text } from './input.ts';
import type { CloudFormationPorts } from './ports.ts';
import type { Requests } from './requests.ts';
import { apiToken, type Stack } from './stack.ts';
import { findStack, type Tables } from './tables.ts';
import { MAX_BODY_BYTES, parseBody } from './template-body.ts';
import { asValidationError, requiredCapabilities } from './validation.ts';

export interface ApiOptions {
  context: Context;
  tables: Tables;
  requests: Requests;
  evaluations: Evaluations;
  ports: CloudFormationPorts;
}

/** The API of CloudFormation. https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_Operations.html */
export function createApi(options: ApiOptions): Api {
  const { tables, requests, context } = options;
  const tokenOf = (operation: string, input: Input): string => {
    const given = optionalText(input, 'ClientRequestToken');
    return given === undefined ? context.ids.uuid() : apiToken(operation, text(input, 'StackName'), given);
  };
  return {
    service: 'cloudformation',
    protocol: 'query',
    xmlns: 'http://cloudformation.amazonaws.com/doc/2010-05-15/',
    operations: {
      ...descriptions(options),
      CreateStack: async (input: Input, caller) => {
        const body = await readTemplate(input, options.ports);
        return {
          StackId: requests.create({ ...stackRequest(input, caller, tokenOf('CreateStack', input)), body })
            .id,
        };
      },
      UpdateStack: async (input: Input, caller) => {
        const current = requests.find(text(input, 'StackName'), caller.region);
        const previous = String(input.UsePreviousTemplate) === 'true';
        const body = previous
          ? (tables.templates.get(current.definition.template) ?? '')
          : await readTemplate(input, options.ports);
        const request = stackRequest(
          { ...input, StackName: current.name },
          caller,
          tokenOf('UpdateStack', input),
          current,
        );
        return { StackId: requests.update({ ...request, body }).id };
      },
      DeleteStack: (input: Input, caller) => {
        requests.delete({
          token: tokenOf('DeleteStack', input),
          stack: text(input, 'StackName'),
          region: caller.region,
          retain: list(input, 'RetainResources').map(String),
          roleArn: optionalText(input, 'RoleARN'),
        });
      },
      ContinueUpdateRollback: (input: Input, caller) => {
        const stack = text(input, 'StackName');
        const request = { token: tokenOf('ContinueUpdateRollback', input), stack, region: caller.region };
        requests.continueRollback(request, list(input, 'ResourcesToSkip').map(String));
      },
      UpdateTerminationProtection: (input: Input, caller) => {
        const stack = requests.find(text(input, 'StackName'), caller.region);
        const terminationProtection = String(input.EnableTerminationProtection) === 'true';
        tables.stacks.put(stack.key, { ...stack, terminationProtection });
        return { StackId: stack.id };
      },
      GetTemplate: (input: Input, caller) => {
        const name = text(input, 'StackName');
        const stack = findStack(tables, caller.region, name);
        if (!stack) throw new AwsError('ValidationError', `Stack with id ${name} does not exist`);
        const { template } = stack.target ?? stack.definition;
        return { TemplateBody: tables.templates.get(template), StagesAvailable: ['Original', 'Processed'] };
      },
      ValidateTemplate: async (input: Input) => validateTemplate(await readTemplate(input, options.ports)),
    },
  };
}

function stackRequest(
  input: Input,
  caller: Caller,
  token: string,
  current?: Stack,
): Omit<StackRequest, 'body'> {
  const onFailure = optionalText(input, 'OnFailure');
  if (onFailure !== undefined && !['ROLLBACK', 'DELETE', 'DO_NOTHING'].includes(onFailure)) {
    throw new AwsError(
      'ValidationError',
      `OnFailure must be DO_NOTHING, ROLLBACK or DELETE, not ${onFailure}`,
    );
  }
  const roleArn = optionalText(input, 'RoleARN');
  const failing = String(input.DisableRollback) === 'true' ? 'DO_NOTHING' : (onFailure ?? 'ROLLBACK');
  return {
    token,
    stackName: text(input, 'StackName'),
    region: caller.region,
    parameters: parametersOf(input, current),
    capabilities: list(input, 'Capabilities').map(String),
    onFailure: failing as NonNullable<StackRequest['onFailure']>,
    terminationProtection: String(input.EnableTerminationProtection) === 'true',
    ...(input.Tags === undefined ? {} : { tags: pairs(input, 'Tags', 'Key', 'Value') }),
    ...(roleArn ? { roleArn } : {}),
  };
}

function parametersOf(input: Input, current: Stack | undefined): Record<string, string> {
  const given = list(input, 'Parameters') as Input[];
  return Object.fromEntries(
    given.map(each => {
      const key = text(each, 'ParameterKey');
      const keep = String(each.UsePreviousValue) === 'true';
      const value = keep ? current?.definition.parameters[key] : optionalText(each, 'ParameterValue');
      if (value === undefined)
        throw new AwsError('ValidationError', `Parameter ${key} has no previous value`);
      return [key, value];
    }),
  );
}

async function readTemplate(input: Input, ports: CloudFormationPorts): Promise<string> {
  const body = optionalText(input, 'TemplateBody');
  const url = optionalText(input, 'TemplateURL');
  if ((body === undefined) === (url === undefined)) {
    throw new AwsError('ValidationError', 'Either Template URL or Template Body must be specified.');
  }
  if (body !== undefined) return body;
  const { bucket, key } = parseS3Url(url ?? '');
  const content = await readFile(await ports.getObject(bucket, key));
  if (content.length > MAX_BODY_BYTES) {
    throw new AwsError('ValidationError', `Template may not exceed ${MAX_BODY_BYTES} bytes in size.`);
  }
  return content.toString('utf8');
}

/** Bucket and key of both styles of S3's addresses. */
export function parseS3Url(url: string): { bucket: string; key: string } {
  const { hostname, pathname } = URL.canParse(url) ? new URL(url) : { hostname: '', pathname: '' };
  const path = decode(pathname.slice(1));
  const virtual =
    /^(.+)\.s3[.-].*amazonaws\.com/.exec(hostname)?.[1] ?? /^(.+)\.s3\.localhost$/.exec(hostname)?.[1];
  const slash = path.indexOf('/');
  const [bucket, key] = virtual ? [virtual, path] : [path.slice(0, slash), path.slice(slash + 1)];
  if (hostname && bucket && key && (virtual || slash > 0)) return { bucket, key };
  throw new AwsError('ValidationError', 'TemplateURL must be a supported URL.');
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return '';
  }
}

function validateTemplate(body: string): object {
  return asValidationError(() => {
    const template = parseBody(body);
    const capabilities = requiredCapabilities([...template.resources.values()]);
    const iam = [...template.resources.values()].filter(each => each.type.startsWith('AWS::IAM::'));
    return {
      Description: template.description,
      Parameters: [...template.parameters].map(([ParameterKey, each]) => ({
        ParameterKey,
        DefaultValue: each.default,
        NoEcho: each.noEcho,
        Description: each.description,
      })),
      ...(capabilities.length > 0
        ? {
            Capabilities: capabilities,
            CapabilitiesReason: `The following resource(s) require capabilities: [${[...new Set(iam.map(each => each.type))].join(', ')}]`,
          }
        : {}),
    };
  });
}
