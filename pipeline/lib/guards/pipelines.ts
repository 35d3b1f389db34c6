import type { Guard, Objection } from './finding.ts';
import { type Found, find, type Properties, type Synthesized } from './synthesized.ts';

/** https://docs.aws.amazon.com/codepipeline/latest/userguide/limits.html */
const ACTIONS_PER_STAGE = 50;
const STAGES = { least: 2, most: 50 };
const ACTIONS_PER_PIPELINE = 500;
/** https://docs.aws.amazon.com/codepipeline/latest/userguide/concepts-how-it-works-conditions.html */
const RULES_PER_CONDITION = 5;

export const pipelineGuards: readonly Guard[] = [
  {
    id: 'pipeline-type',
    check: synthesized =>
      pipelines(synthesized)
        .filter(({ properties }) => properties.PipelineType !== 'V2')
        .map(found => ({
          ...found,
          message: `is a pipeline of type ${found.properties.PipelineType ?? 'V1'}, which knows neither conditions nor variables nor rollback: set PipelineType to V2`,
        })),
  },
  {
    id: 'stage-rollback',
    check: synthesized =>
      perStage(synthesized, (stage, { properties }) => {
        if (!rollsBack(stage)) return [];
        if (properties.PipelineType !== 'V2')
          return `rolls back stage ${stage.Name}, and a pipeline that is not V2 cannot: set PipelineType to V2, or remove the rollback`;
        if (!actions(stage).some(({ ActionTypeId }) => ActionTypeId?.Category === 'Source')) return [];
        return `rolls back stage ${stage.Name}, and a source stage has nothing to go back to: remove the rollback from it`;
      }),
  },
  {
    id: 'actions-per-stage',
    check: synthesized =>
      perStage(synthesized, stage => {
        const count = actions(stage).length;
        if (count <= ACTIONS_PER_STAGE) return [];
        return `has ${count} actions in stage ${stage.Name}, and CodePipeline takes ${ACTIONS_PER_STAGE}: divide the stage`;
      }),
  },
  {
    id: 'rules-per-condition',
    check: synthesized =>
      perStage(synthesized, stage =>
        conditions(stage)
          .filter(({ Rules = [] }) => Rules.length > RULES_PER_CONDITION)
          .map(
            ({ Rules }) =>
              `asks ${Rules.length} rules in a condition of stage ${stage.Name}, and CodePipeline takes ${RULES_PER_CONDITION}: remove some`,
          ),
      ),
  },
  {
    id: 'stages-per-pipeline',
    check: synthesized =>
      pipelines(synthesized)
        .filter(({ properties }) => {
          const count = stages(properties).length;
          return count < STAGES.least || count > STAGES.most;
        })
        .map(found => ({
          ...found,
          message: `has ${stages(found.properties).length} stages, and CodePipeline takes from ${STAGES.least} to ${STAGES.most}: join some, or make a pipeline of its own of the rest`,
        })),
  },
  {
    id: 'actions-per-pipeline',
    check: synthesized =>
      pipelines(synthesized)
        .map(found => ({ found, count: stages(found.properties).flatMap(actions).length }))
        .filter(({ count }) => count > ACTIONS_PER_PIPELINE)
        .map(({ found, count }) => ({
          ...found,
          message: `has ${count} actions, and CodePipeline takes ${ACTIONS_PER_PIPELINE}: make a pipeline of its own of the rest`,
        })),
  },
];

function pipelines(synthesized: Synthesized): Found[] {
  return find(synthesized, 'AWS::CodePipeline::Pipeline');
}

function perStage(
  synthesized: Synthesized,
  judge: (stage: Properties, pipeline: Found) => string | string[],
): Objection[] {
  return pipelines(synthesized).flatMap(found =>
    stages(found.properties).flatMap(stage =>
      [judge(stage, found)].flat().map(message => ({ ...found, message })),
    ),
  );
}

function stages({ Stages }: Properties): Properties[] {
  return Array.isArray(Stages) ? Stages : [];
}

function actions({ Actions }: Properties): Properties[] {
  return Array.isArray(Actions) ? Actions : [];
}

function conditions({ BeforeEntry, OnSuccess, OnFailure }: Properties): Properties[] {
  return [BeforeEntry, OnSuccess, OnFailure].flatMap(each => (each?.Conditions ?? []) as Properties[]);
}

function rollsBack(stage: Properties): boolean {
  return (
    stage.OnFailure?.Result === 'ROLLBACK' || conditions(stage).some(({ Result }) => Result === 'ROLLBACK')
  );
}
