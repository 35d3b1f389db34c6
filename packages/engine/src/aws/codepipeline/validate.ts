import { AwsError } from '../../core/errors.ts';
import { type ActionType, actionTypes } from './action-types.ts';
import {
  type ActionDeclaration,
  type Condition,
  type PipelineDeclaration,
  providerOf,
  runOrders,
  type StageDeclaration,
} from './declaration.ts';
import { validateTriggers } from './triggers.ts';
import { namespacesIn } from './variables.ts';

const NAME = /^[A-Za-z0-9.@_-]{1,100}$/;
const NAMESPACE = /^[A-Za-z0-9@_-]{1,100}$/;
const OPERATORS = ['EQ', 'NE', 'CONTAINS', 'MATCHES'];

/**
 * Checks a structure as CreatePipeline does. Throws InvalidStructureException, InvalidStageDeclarationException or
 * InvalidActionDeclarationException with AWS's sentence; what AWS takes and this engine does not carry out is refused
 * with a sentence that says so.
 * https://docs.aws.amazon.com/codepipeline/latest/userguide/reference-pipeline-structure.html
 */
export function validateStructure(pipeline: PipelineDeclaration, carries: { deleteStack: boolean }): void {
  validateHead(pipeline);
  pipeline.stages.forEach((stage, index) => {
    validateStage(pipeline, stage, index);
  });
  validateArtifacts(pipeline);
  validateNamespaces(pipeline);
  validateTriggers(pipeline);
  if (carries.deleteStack) return;
  const deletes = pipeline.stages
    .flatMap(stage => stage.actions)
    .find(action => action.configuration.ActionMode === 'DELETE_ONLY');
  if (deletes)
    throw invalidAction(`Action ${deletes.name}: the action mode DELETE_ONLY is not carried out locally yet`);
}

function validateHead(pipeline: PipelineDeclaration): void {
  if (!NAME.test(pipeline.name))
    throw invalid(`Pipeline name '${pipeline.name}' must match [A-Za-z0-9.@\\-_]+`);
  if (pipeline.pipelineType !== 'V2')
    throw invalid('Pipelines of type V1 are not carried out locally; set PipelineType to V2');
  if (!['SUPERSEDED', 'QUEUED', 'PARALLEL'].includes(pipeline.executionMode))
    throw invalid(`Execution mode '${pipeline.executionMode}' is none of SUPERSEDED, QUEUED, PARALLEL`);
  if (!pipeline.artifactStore && !pipeline.artifactStores)
    throw invalid('Pipeline must have an artifact store');
  if (pipeline.stages.length < 2)
    throw invalid(
      `Pipeline has only ${pipeline.stages.length} stage(s). There should be a minimum of 2 stages in a pipeline`,
    );
  if (pipeline.stages.length > 50) throw invalid('Pipeline has more than 50 stages');
  const names = pipeline.stages.map(stage => stage.name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice) throw invalid(`Stage names must be unique within a pipeline: ${twice}`);
  if (pipeline.stages[0]!.actions.some(action => action.actionTypeId.category !== 'Source'))
    throw invalid('Pipeline should start with a stage that only contains source actions');
}

function validateStage(pipeline: PipelineDeclaration, stage: StageDeclaration, index: number): void {
  if (!NAME.test(stage.name)) throw invalidStage(`Stage name '${stage.name}' must match [A-Za-z0-9.@\\-_]+`);
  if (stage.actions.length === 0) throw invalidStage(`Stage ${stage.name} must have at least one action`);
  if (stage.actions.length > 50) throw invalidStage(`Stage ${stage.name} has more than 50 actions`);
  const names = stage.actions.map(action => action.name);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice) throw invalidStage(`Action names must be unique within stage ${stage.name}: ${twice}`);
  for (const action of stage.actions) {
    if (index > 0 && action.actionTypeId.category === 'Source')
      throw invalid('Source actions are only allowed in the first stage of a pipeline');
    validateAction(pipeline, action);
  }
  validateConditions(stage, index);
}

function validateAction(pipeline: PipelineDeclaration, action: ActionDeclaration): void {
  if (!NAME.test(action.name))
    throw invalidAction(`Action name '${action.name}' must match [A-Za-z0-9.@\\-_]+`);
  const { category, provider, owner, version } = action.actionTypeId;
  const type = Object.hasOwn(actionTypes, providerOf(action)) ? actionTypes[providerOf(action)] : undefined;
  if (!type || owner !== 'AWS' || version !== '1')
    throw invalidAction(
      `ActionType (Category: '${category}', Provider: '${provider}', Owner: '${owner}', Version: '${version}') in action '${action.name}' is not carried out locally yet; these are: ${Object.keys(actionTypes).join(', ')}`,
    );
  if (action.runOrder < 1 || action.runOrder > 999)
    throw invalidAction(`Action ${action.name} has a runOrder of ${action.runOrder}; it must be 1 to 999`);
  validateCounts(action, type);
  validateConfiguration(action, type);
  if (action.namespace !== undefined && !NAMESPACE.test(action.namespace))
    throw invalidAction(`Action ${action.name} has the namespace '${action.namespace}', which is not valid`);
  const timeout = action.timeoutInMinutes;
  if (timeout !== undefined && (timeout < 5 || timeout > 86_400))
    throw invalidAction(`Action ${action.name} has a timeout of ${timeout} minutes; it must be 5 to 86400`);
  if (pipeline.artifactStore === undefined && action.region && !pipeline.artifactStores?.[action.region])
    throw invalid(`Action ${action.name} runs in ${action.region}, which has no artifact store`);
}

function validateCounts(action: ActionDeclaration, type: ActionType): void {
  const check = (kind: 'input' | 'output', count: number, [least, most]: [number, number]): void => {
    const which =
      count < least ? `less than the minimum count (${least})` : `more than the maximum count (${most})`;
    if (count < least || count > most)
      throw invalidAction(`Action ${action.name} declares ${count} ${kind} artifacts which is ${which}`);
  };
  check('input', action.inputArtifacts.length, type.inputs);
  check('output', action.outputArtifacts.length, type.outputs);
}

function validateConfiguration(action: ActionDeclaration, type: ActionType): void {
  const missing = type.required.find(key => !action.configuration[key]);
  if (missing)
    throw invalidAction(
      `Action configuration for action '${action.name}' is missing required configuration '${missing}'`,
    );
  const known = [...type.required, ...type.optional];
  const unknown = Object.keys(action.configuration).find(key => !known.includes(key));
  if (unknown === 'OutputFileName')
    throw invalidAction(`Action ${action.name}: OutputFileName is not carried out locally yet`);
  if (unknown)
    throw invalidAction(
      `Action configuration for action '${action.name}' contains unknown configuration '${unknown}'`,
    );
  const refused = type.refuse?.(action.configuration);
  if (refused) throw invalidAction(`Action ${action.name}: ${refused}`);
  if (action.inputArtifacts.length > 1 && known.includes('PrimarySource')) validatePrimary(action);
}

function validatePrimary(action: ActionDeclaration): void {
  const primary = action.configuration.PrimarySource;
  if (!action.inputArtifacts.some(input => input.name === primary))
    throw invalidAction(
      `Action ${action.name} has several input artifacts; PrimarySource must name one of them`,
    );
}

/** Every output has a name of its own; every input is the output of an action that runs before. */
function validateArtifacts(pipeline: PipelineDeclaration): void {
  const made = new Set<string>();
  for (const group of pipeline.stages.flatMap(runOrders)) {
    for (const action of group) {
      const missing = action.inputArtifacts.find(input => !made.has(input.name));
      if (missing)
        throw invalidAction(
          `Input Artifact Bundle ${missing.name} in action ${action.name} is not declared as Output Artifact Bundle in any of the preceding actions`,
        );
    }
    for (const output of group.flatMap(action => action.outputArtifacts)) {
      if (!/^[A-Za-z0-9_-]{1,100}$/.test(output.name))
        throw invalid(`Artifact name '${output.name}' must match [a-zA-Z0-9_\\-]+`);
      if (made.has(output.name))
        throw invalid(
          `Output Artifact Bundle name must be unique within the pipeline. ${output.name} has been used more than once`,
        );
      made.add(output.name);
    }
  }
}

/** References may name `codepipeline`, `variables` and the namespaces of actions; a namespace belongs to one action. */
function validateNamespaces(pipeline: PipelineDeclaration): void {
  const actions = pipeline.stages.flatMap(stage => stage.actions);
  const own = actions.flatMap(action => action.namespace ?? []);
  const twice = own.find((name, index) => own.indexOf(name) !== index);
  if (twice) throw invalid(`Namespace ${twice} must be unique within the pipeline`);
  const known = new Set(['codepipeline', 'variables', ...own]);
  const rules = pipeline.stages.flatMap(stage => conditionsOf(stage).flatMap(each => each.rules));
  const texts = [...actions, ...rules].flatMap(each => Object.values(each.configuration));
  const unknown = texts.flatMap(namespacesIn).filter(name => !known.has(name));
  if (unknown.length > 0)
    throw invalid(
      `Valid format for a pipeline execution variable reference is a namespace and a key separated by a period (.). The following pipeline execution variables are referencing a namespace that does not exist. ${[...new Set(unknown)].join(', ')}`,
    );
}

function conditionsOf(stage: StageDeclaration): Condition[] {
  return [...(stage.beforeEntry?.conditions ?? []), ...(stage.onSuccess?.conditions ?? [])];
}

function validateConditions(stage: StageDeclaration, index: number): void {
  if (index === 0 && stage.beforeEntry)
    throw invalidStage(`Stage ${stage.name} is the source stage; it cannot have entry conditions`);
  if (stage.onFailure)
    throw invalidStage(
      `Stage ${stage.name}: onFailure (${stage.onFailure.result ?? 'conditions'}) is not carried out locally yet`,
    );
  for (const condition of stage.beforeEntry?.conditions ?? [])
    validateCondition(stage, condition, ['FAIL', 'SKIP'], 'beforeEntry');
  for (const condition of stage.onSuccess?.conditions ?? [])
    validateCondition(stage, condition, ['FAIL'], 'onSuccess');
}

function validateCondition(
  stage: StageDeclaration,
  condition: Condition,
  results: string[],
  kind: string,
): void {
  const result = condition.result ?? 'FAIL';
  if (!results.includes(result))
    throw invalidStage(`Stage ${stage.name}: ${kind} with result ${result} is not carried out locally yet`);
  if (condition.rules.length === 0 || condition.rules.length > 5)
    throw invalidStage(`Stage ${stage.name}: a condition has 1 to 5 rules`);
  for (const { name, ruleTypeId, configuration } of condition.rules) {
    if (ruleTypeId.provider !== 'VariableCheck')
      throw invalidStage(
        `Stage ${stage.name}: rule ${name} of provider ${ruleTypeId.provider} is not carried out locally yet`,
      );
    const missing = ['Variable', 'Value', 'Operator'].find(key => !configuration[key]);
    if (missing)
      throw invalidStage(
        `Rule configuration for rule '${name}' is missing required configuration '${missing}'`,
      );
    if (!OPERATORS.includes(configuration.Operator!.toUpperCase()))
      throw invalidStage(
        `Rule ${name} has the operator '${configuration.Operator}'; it must be one of ${OPERATORS.join(', ')}`,
      );
  }
}

function invalid(message: string): AwsError {
  return new AwsError('InvalidStructureException', message);
}

function invalidStage(message: string): AwsError {
  return new AwsError('InvalidStageDeclarationException', message);
}

function invalidAction(message: string): AwsError {
  return new AwsError('InvalidActionDeclarationException', message);
}
