import { AwsError } from '../../core/errors.ts';
import type { Properties } from '../../core/resource.ts';
import type {
  ActionDeclaration,
  ActionTypeId,
  ArtifactStore,
  Condition,
  ExecutionMode,
  PipelineDeclaration,
  Rule,
  StageDeclaration,
} from './declaration.ts';

/**
 * Reads the properties of an `AWS::CodePipeline::Pipeline` into the API's shape. Throws InvalidStructureException when
 * a member is missing or of the wrong kind; what the members mean together is checked by `validateStructure`.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-codepipeline-pipeline.html
 */
export function readStructure(properties: Properties, name: string, version: number): PipelineDeclaration {
  const stores = list(properties, 'ArtifactStores').map(
    each => [text(each, 'Region'), readStore(record(each.ArtifactStore, 'ArtifactStore'))] as const,
  );
  return {
    name,
    roleArn: text(properties, 'RoleArn'),
    ...(properties.ArtifactStore !== undefined && {
      artifactStore: readStore(record(properties.ArtifactStore, 'ArtifactStore')),
    }),
    ...(stores.length > 0 && { artifactStores: Object.fromEntries(stores) }),
    stages: list(properties, 'Stages').map(readStage),
    version,
    executionMode: (optional(properties, 'ExecutionMode') ?? 'SUPERSEDED') as ExecutionMode,
    pipelineType: (optional(properties, 'PipelineType') ?? 'V1') as 'V1' | 'V2',
    ...('Variables' in properties && { variables: list(properties, 'Variables').map(readVariable) }),
    ...('Triggers' in properties && { triggers: list(properties, 'Triggers') }),
  };
}

function readStore(store: Properties): ArtifactStore {
  const key = store.EncryptionKey;
  return {
    type: text(store, 'Type'),
    location: text(store, 'Location'),
    ...(key !== undefined && {
      encryptionKey: {
        id: text(record(key, 'EncryptionKey'), 'Id'),
        type: text(record(key, 'EncryptionKey'), 'Type'),
      },
    }),
  };
}

function readStage(stage: Properties): StageDeclaration {
  const onFailure = stage.OnFailure === undefined ? undefined : record(stage.OnFailure, 'OnFailure');
  const retry = onFailure?.RetryConfiguration;
  return {
    name: text(stage, 'Name'),
    actions: list(stage, 'Actions').map(readAction),
    ...conditionsIn(stage, 'BeforeEntry', 'beforeEntry'),
    ...conditionsIn(stage, 'OnSuccess', 'onSuccess'),
    ...(onFailure && {
      onFailure: {
        ...stringIn(onFailure, 'Result', 'result'),
        ...(retry !== undefined && {
          retryConfiguration: stringIn(
            record(retry, 'RetryConfiguration'),
            'RetryMode',
            'retryMode',
          ) as Record<string, string>,
        }),
        ...('Conditions' in onFailure && { conditions: list(onFailure, 'Conditions').map(readCondition) }),
      },
    }),
  };
}

function readAction(action: Properties): ActionDeclaration {
  return {
    name: text(action, 'Name'),
    actionTypeId: readType(record(action.ActionTypeId, 'ActionTypeId')),
    runOrder: number(action, 'RunOrder') ?? 1,
    configuration: strings(action.Configuration),
    inputArtifacts: list(action, 'InputArtifacts').map(each => ({ name: text(each, 'Name') })),
    outputArtifacts: list(action, 'OutputArtifacts').map(each => ({
      name: text(each, 'Name'),
      ...(Array.isArray(each.Files) && { files: each.Files.map(String) }),
    })),
    ...stringIn(action, 'RoleArn', 'roleArn'),
    ...stringIn(action, 'Region', 'region'),
    ...stringIn(action, 'Namespace', 'namespace'),
    ...(action.TimeoutInMinutes !== undefined && {
      timeoutInMinutes: number(action, 'TimeoutInMinutes') ?? 0,
    }),
  };
}

function readCondition(condition: Properties): Condition {
  return { ...stringIn(condition, 'Result', 'result'), rules: list(condition, 'Rules').map(readRule) };
}

function readRule(rule: Properties): Rule {
  const type = record(rule.RuleTypeId, 'RuleTypeId');
  return {
    name: text(rule, 'Name'),
    ruleTypeId: {
      category: text(type, 'Category'),
      owner: optional(type, 'Owner') ?? 'AWS',
      provider: text(type, 'Provider'),
      version: optional(type, 'Version') ?? '1',
    },
    configuration: strings(rule.Configuration),
  };
}

function readVariable(variable: Properties) {
  return {
    name: text(variable, 'Name'),
    ...stringIn(variable, 'DefaultValue', 'defaultValue'),
    ...stringIn(variable, 'Description', 'description'),
  };
}

function readType(type: Properties): ActionTypeId {
  return {
    category: text(type, 'Category'),
    owner: text(type, 'Owner'),
    provider: text(type, 'Provider'),
    version: text(type, 'Version'),
  };
}

function conditionsIn<K extends string>(
  of: Properties,
  from: string,
  to: K,
): { [key in K]?: { conditions: Condition[] } } {
  if (of[from] === undefined) return {};
  const conditions = list(record(of[from], from), 'Conditions').map(readCondition);
  return { [to]: { conditions } } as { [key in K]: { conditions: Condition[] } };
}

function stringIn<K extends string>(of: Properties, from: string, to: K): { [key in K]?: string } {
  const value = optional(of, from);
  return value === undefined ? {} : ({ [to]: value } as { [key in K]: string });
}

/** Configuration members are strings in AWS; numbers and truth values of a template become their text. */
function strings(value: unknown): Record<string, string> {
  if (value === undefined) return {};
  return Object.fromEntries(
    Object.entries(record(value, 'Configuration'))
      .filter(([, member]) => member !== undefined)
      .map(([key, member]) => [key, typeof member === 'object' ? JSON.stringify(member) : String(member)]),
  );
}

function record(value: unknown, what: string): Properties {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw invalid(`${what} is not an object`);
  return value as Properties;
}

function list(of: Properties, key: string): Properties[] {
  const value = of[key] ?? [];
  if (!Array.isArray(value)) throw invalid(`${key} is not a list`);
  return value.map(each => record(each, `A member of ${key}`));
}

function text(of: Properties, key: string): string {
  const value = optional(of, key);
  if (value === undefined || value === '') throw invalid(`${key} is required`);
  return value;
}

function optional(of: Properties, key: string): string | undefined {
  const value = of[key];
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'object') throw invalid(`${key} is not a string`);
  return String(value);
}

function number(of: Properties, key: string): number | undefined {
  if (of[key] === undefined) return undefined;
  const value = Number(of[key]);
  if (!Number.isInteger(value)) throw invalid(`${key} is not a whole number`);
  return value;
}

function invalid(message: string): AwsError {
  return new AwsError('InvalidStructureException', message);
}
