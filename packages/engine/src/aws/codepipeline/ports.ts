import type { Credentials } from '../../core/credentials.ts';

/** The artifact bucket. `putObject` moves or copies a file in; `getObject` gives the path of a file to read. */
export interface ArtifactsPort {
  putObject(bucket: string, key: string, body: string | Uint8Array): Promise<void>;
  getObject(bucket: string, key: string): Promise<string>;
}

/** The repositories that Source actions read. */
export interface GitPort {
  head(repository: string, branch: string): Promise<string | undefined>;
  commit(
    repository: string,
    id: string,
  ): Promise<{ id: string; message: string; authorDate: string; author: string }>;
  /** Writes a zip of the commit's tree to `file`. */
  archive(repository: string, commit: string, file: string): Promise<void>;
}

export interface ArtifactLocation {
  name: string;
  bucket: string;
  key: string;
}

export interface BuildRequest {
  /** The same token is the same build. */
  token: string;
  project: string;
  /** The commit that the primary input stems from. */
  sourceVersion: string;
  inputs: ArtifactLocation[];
  primarySource?: string;
  outputs: ArtifactLocation[];
  environment: { name: string; value: string }[];
  initiator: string;
}

export interface Build {
  id: string;
  status: 'IN_PROGRESS' | 'SUCCEEDED' | 'FAILED' | 'FAULT' | 'STOPPED' | 'TIMED_OUT';
  phase: string;
  exportedVariables: Record<string, string>;
  message?: string;
  log: { group: string; stream: string };
}

export interface BuildsPort {
  startBuild(request: BuildRequest): Promise<string>;
  build(id: string): Build | undefined;
  stopBuild(id: string): void;
}

export interface StackRequest {
  /** The same token is the same operation. */
  token: string;
  stackName: string;
  template: object;
  mode: 'CREATE_UPDATE';
  capabilities: string[];
  parameters?: Record<string, string>;
  roleArn?: string;
  tags?: Record<string, string>;
  region?: string;
}

export interface StackOperation {
  status: 'IN_PROGRESS' | 'SUCCEEDED' | 'FAILED';
  stackId: string;
  message?: string;
  changed: boolean;
  outputs: Record<string, string>;
}

export interface StacksPort {
  deployStack(request: StackRequest): void;
  /** Deletes a stack, by token; without it DELETE_ONLY actions are refused when a pipeline is created. */
  deleteStack?(request: { token: string; stackName: string; roleArn?: string; region?: string }): void;
  stackOperation(token: string): StackOperation | undefined;
}

export interface TaskDefinitionsPort {
  /** Returns the ARN of the revision; the same token is the same revision. */
  registerTaskDefinition(definition: object, token?: string): string;
}

export interface Deployment {
  id: string;
  status: 'Created' | 'Queued' | 'InProgress' | 'Baking' | 'Ready' | 'Succeeded' | 'Failed' | 'Stopped';
  message?: string;
  rollbackDeploymentId?: string;
}

export interface DeploymentsPort {
  /** Returns the deployment's id; the same token is the same deployment. */
  createDeployment(request: {
    token: string;
    application: string;
    deploymentGroup: string;
    appSpec: string;
    description?: string;
    creator: 'user' | 'codePipeline' | 'codeDeployRollback';
  }): string;
  deployment(id: string): Deployment | undefined;
}

/** Lambda functions, invoked asynchronously. */
export interface FunctionsPort {
  /** Returns the invocation's id; the same token is the same invocation. Throws AwsError when it cannot be invoked. */
  invoke(request: { token: string; functionName: string; event: object }): string;
  /** Failed only when no further attempt follows. Undefined when there is no such invocation. */
  invocation(id: string):
    | {
        status: 'InProgress' | 'Succeeded' | 'Failed';
        error?: { type: string; message: string };
        /** The last lines that the function itself wrote, oldest first. */
        logTail: string[];
      }
    | undefined;
}

export interface LogsPort {
  /** The last lines of a build's log, oldest first. */
  tail(group: string, stream: string, lines: number): string[];
}

/** What CodePipeline needs of others. Every effect is keyed by a token, every reading is of this process. */
export interface CodePipelinePorts {
  artifacts: ArtifactsPort;
  git: GitPort;
  builds: BuildsPort;
  stacks: StacksPort;
  taskDefinitions: TaskDefinitionsPort;
  deployments: DeploymentsPort;
  functions: FunctionsPort;
  /** Of the pipeline's role, for the artifacts of a job. */
  credentials: Credentials;
  logs: LogsPort;
}
