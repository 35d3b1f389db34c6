import type { Api } from '../../core/api.ts';
import type { Context } from '../../core/context.ts';
import type { Controller } from '../../core/controllers.ts';
import type { ResourceHandlers } from '../../core/resource.ts';
import { deployApi } from './api.ts';
import { createDeployment } from './create-deployment.ts';
import type { Creator, DeploymentStatus } from './deployment.ts';
import type { CodeDeployPorts } from './ports.ts';
import { deploymentController } from './progress.ts';
import { deployResources } from './resources.ts';
import type { Scene } from './scene.ts';
import { openTables } from './tables.ts';

export type { CodeDeployPorts } from './ports.ts';

export interface CodeDeploy {
  resources: ResourceHandlers;
  api: Api;
  controllers: Controller[];
  /**
   * Creates a deployment, once per token, and returns its id (`d-XXXXXXXXX`). Throws an AwsError: the group does not
   * exist, has an active deployment, or the AppSpec is not valid.
   */
  createDeployment(request: {
    token: string;
    application: string;
    deploymentGroup: string;
    /** Content, YAML or JSON. */
    appSpec: string;
    description?: string;
    creator: Creator;
  }): string;
  deployment(
    id: string,
  ): { id: string; status: DeploymentStatus; message?: string; rollbackDeploymentId?: string } | undefined;
}

/** CodeDeploy: blue/green deployments of ECS services. */
export function createCodeDeploy(context: Context, ports: CodeDeployPorts): CodeDeploy {
  const scene: Scene = { context, tables: openTables(context.store), ports };
  return {
    resources: deployResources(scene),
    api: deployApi(scene),
    controllers: [deploymentController(scene)],
    createDeployment: request => createDeployment(scene, request),
    deployment: id => {
      const deployment = scene.tables.deployments.get(id);
      if (!deployment) return undefined;
      const { status, error, rollback } = deployment;
      return {
        id,
        status,
        ...(error && { message: error.message }),
        ...(rollback?.by && { rollbackDeploymentId: rollback.by }),
      };
    },
  };
}
