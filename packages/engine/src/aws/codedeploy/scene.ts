import type { Context } from '../../core/context.ts';
import type { CodeDeployPorts } from './ports.ts';
import type { Tables } from './tables.ts';

/** What the parts of CodeDeploy share. */
export interface Scene {
  context: Context;
  tables: Tables;
  ports: CodeDeployPorts;
}
