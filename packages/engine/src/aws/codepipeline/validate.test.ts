import { describe, expect, test } from '@jest/globals';
import type { Properties } from '../../core/resource.ts';
import { readStructure } from './structure.ts';
import {
  action,
  approval,
  build,
  buildStage,
  deliveryPipeline,
  pipelineProperties,
  shortPipeline,
  source,
  sourceStage,
  stack,
} from './test-structures.ts';
import { validateStructure } from './validate.ts';

const check = (properties: Properties, deleteStack = true) =>
  validateStructure(readStructure(properties, String(properties.Name), 1), { deleteStack });

const withBuild = (changes: object, configuration: object = {}) =>
  pipelineProperties([
    sourceStage,
    {
      Name: 'Build',
      Actions: [{ ...build, Configuration: { ...build.Configuration!, ...configuration }, ...changes }],
    },
  ]);
const withStage = (more: object) => pipelineProperties([sourceStage, { ...buildStage, ...more }]);
const rule = (Provider: string, Configuration: object = {}) => ({
  Name: 'R',
  RuleTypeId: { Category: 'Rule', Provider },
  Configuration,
});
const entry = (Result: string, of: object) => ({ BeforeEntry: { Conditions: [{ Result, Rules: [of] }] } });
const check1 = { Variable: '#{Source.CommitId}', Value: 'x', Operator: 'EQ' };

test('what the product synthesizes is taken', () => {
  expect(() => check(deliveryPipeline())).not.toThrow();
});

describe('a structure', () => {
  test.each<[string, Properties]>([
    ['Pipelines of type V1 are not carried out locally', shortPipeline({ PipelineType: 'V1' })],
    ['Pipeline has only 1 stage(s)', pipelineProperties([sourceStage])],
    [
      'Pipeline should start with a stage that only contains source actions',
      pipelineProperties([buildStage, approval]),
    ],
    [
      'Source actions are only allowed in the first stage',
      pipelineProperties([sourceStage, { Name: 'B', Actions: [source] }]),
    ],
    [
      'Stage names must be unique within a pipeline: Build',
      pipelineProperties([sourceStage, buildStage, buildStage]),
    ],
    [
      'Action names must be unique within stage Build',
      pipelineProperties([sourceStage, { Name: 'Build', Actions: [build, build] }]),
    ],
    ['must have at least one action', pipelineProperties([sourceStage, { Name: 'Empty', Actions: [] }])],
    [
      'Input Artifact Bundle Templates in action s is not declared as Output Artifact Bundle in any of the preceding actions',
      pipelineProperties([sourceStage, { Name: 'D', Actions: [stack('s')] }]),
    ],
    [
      'Output Artifact Bundle name must be unique within the pipeline. Source',
      withBuild({ OutputArtifacts: [{ Name: 'Source' }] }),
    ],
    [
      'Action Build declares 0 input artifacts which is less than the minimum count (1)',
      withBuild({ InputArtifacts: [] }),
    ],
    ["is missing required configuration 'ProjectName'", withBuild({}, { ProjectName: '' })],
    ["contains unknown configuration 'Project'", withBuild({}, { Project: 'x' })],
    ['batch builds are not carried out locally yet', withBuild({}, { BatchEnabled: 'true' })],
    [
      'environment variables of type PARAMETER_STORE are not carried out locally yet',
      withBuild({}, { EnvironmentVariables: '[{"name":"A","value":"b","type":"PARAMETER_STORE"}]' }),
    ],
    [
      'referencing a namespace that does not exist. Sauce',
      withBuild({}, { EnvironmentVariables: '[{"name":"A","value":"#{Sauce.CommitId}"}]' }),
    ],
    ['Namespace Source must be unique', withBuild({ Namespace: 'Source' })],
    ['it must be 1 to 999', withBuild({ RunOrder: 0 })],
    [
      "ActionType (Category: 'Invoke', Provider: 'StepFunctions', Owner: 'AWS', Version: '1') in action 'S' is not carried out locally yet",
      withStage({ Actions: [action('S', 'Invoke/StepFunctions', {})] }),
    ],
    [
      "is missing required configuration 'FunctionName'",
      withStage({ Actions: [action('L', 'Invoke/Lambda', {})] }),
    ],
    [
      'UserParameters has more than 1000 characters',
      withStage({
        Actions: [action('L', 'Invoke/Lambda', { FunctionName: 'f', UserParameters: 'x'.repeat(1001) })],
      }),
    ],
    [
      'the action mode CHANGE_SET_EXECUTE is not carried out locally yet',
      withStage({
        Actions: [action('C', 'Deploy/CloudFormation', { ActionMode: 'CHANGE_SET_EXECUTE', StackName: 's' })],
      }),
    ],
    [
      'OutputFileName is not carried out locally yet',
      withStage({
        Actions: [
          action('C', 'Deploy/CloudFormation', {
            ActionMode: 'DELETE_ONLY',
            StackName: 's',
            OutputFileName: 'o',
          }),
        ],
      }),
    ],
    [
      'CODEBUILD_CLONE_REF is not carried out locally yet',
      pipelineProperties([
        {
          Name: 'Source',
          Actions: [
            {
              ...source,
              Configuration: { ...source.Configuration!, OutputArtifactFormat: 'CODEBUILD_CLONE_REF' },
            },
          ],
        },
        buildStage,
      ]),
    ],
    ['onFailure (ROLLBACK) is not carried out locally yet', withStage({ OnFailure: { Result: 'ROLLBACK' } })],
    [
      'beforeEntry with result ROLLBACK is not carried out locally yet',
      withStage(entry('ROLLBACK', rule('VariableCheck', check1))),
    ],
    [
      'of provider CloudWatchAlarm is not carried out locally yet',
      withStage(entry('FAIL', rule('CloudWatchAlarm'))),
    ],
    [
      "missing required configuration 'Operator'",
      withStage(entry('SKIP', rule('VariableCheck', { ...check1, Operator: undefined }))),
    ],
    [
      "has the operator 'LIKE'",
      withStage(entry('SKIP', rule('VariableCheck', { ...check1, Operator: 'LIKE' }))),
    ],
    [
      'it cannot have entry conditions',
      pipelineProperties([{ ...sourceStage, ...entry('SKIP', rule('VariableCheck', check1)) }, buildStage]),
    ],
    ['Name is required', withStage({ Name: undefined })],
    ['Stages is not a list', { ...shortPipeline(), Stages: 'x' }],
  ])('is refused: %s', (message, properties) => {
    expect(() => check(properties)).toThrow(message);
    expect(() => check(properties)).toThrow(
      expect.objectContaining({ code: expect.stringMatching(/^Invalid(Structure|Stage|Action)/) }) as never,
    );
  });

  test('with DELETE_ONLY is refused where no stack can be deleted', () => {
    const remove = action('C', 'Deploy/CloudFormation', { ActionMode: 'DELETE_ONLY', StackName: 's' });
    const properties = withStage({ Actions: [remove] });
    expect(() => check(properties)).not.toThrow();
    expect(() => check(properties, false)).toThrow('DELETE_ONLY is not carried out locally yet');
  });
});
