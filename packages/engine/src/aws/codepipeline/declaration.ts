/** A pipeline's structure in the shape of the API (GetPipeline), which is also how it is stored. */
export interface PipelineDeclaration {
  name: string;
  roleArn: string;
  artifactStore?: ArtifactStore;
  artifactStores?: Record<string, ArtifactStore>;
  stages: StageDeclaration[];
  version: number;
  executionMode: ExecutionMode;
  pipelineType: 'V1' | 'V2';
  variables?: { name: string; defaultValue?: string; description?: string }[];
  triggers?: unknown[];
}

export type ExecutionMode = 'SUPERSEDED' | 'QUEUED' | 'PARALLEL';

export interface ArtifactStore {
  type: string;
  location: string;
  encryptionKey?: { id: string; type: string };
}

export interface StageDeclaration {
  name: string;
  actions: ActionDeclaration[];
  beforeEntry?: { conditions: Condition[] };
  onSuccess?: { conditions: Condition[] };
  onFailure?: { result?: string; retryConfiguration?: { retryMode?: string }; conditions?: Condition[] };
}

export interface ActionDeclaration {
  name: string;
  actionTypeId: ActionTypeId;
  runOrder: number;
  configuration: Record<string, string>;
  inputArtifacts: { name: string }[];
  outputArtifacts: { name: string; files?: string[] }[];
  roleArn?: string;
  region?: string;
  namespace?: string;
  timeoutInMinutes?: number;
}

export interface ActionTypeId {
  category: string;
  owner: string;
  provider: string;
  version: string;
}

export interface Condition {
  result?: string;
  rules: Rule[];
}

export interface Rule {
  name: string;
  ruleTypeId: ActionTypeId;
  configuration: Record<string, string>;
  inputArtifacts?: { name: string }[];
}

/** The provider by which an action is carried out, for instance `Deploy/CloudFormation`. */
export function providerOf(action: ActionDeclaration): string {
  return `${action.actionTypeId.category}/${action.actionTypeId.provider}`;
}

/** The artifact bucket of a region. */
export function artifactBucket(pipeline: PipelineDeclaration, region: string): string {
  const store = pipeline.artifactStores?.[region] ?? pipeline.artifactStore;
  return store?.location ?? '';
}

/** The actions of a stage by runOrder, lowest first: actions of the same runOrder run side by side. */
export function runOrders(stage: StageDeclaration): ActionDeclaration[][] {
  const orders = [...new Set(stage.actions.map(action => action.runOrder))].sort((a, b) => a - b);
  return orders.map(order => stage.actions.filter(action => action.runOrder === order));
}
