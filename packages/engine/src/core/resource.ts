/** The properties of a resource with every intrinsic resolved. */
export type Properties = Record<string, unknown>;

export interface StackRef {
  name: string;
  /** The stack's ARN. */
  id: string;
  region: string;
  account: string;
  tags: Record<string, string>;
}

export interface ResourceRequest {
  stack: StackRef;
  logicalId: string;
  /** For instance `AWS::ECS::Service`. */
  type: string;
  properties: Properties;
  /** The same for every attempt at this operation, also after a crash: make the effect once per token. */
  token: string;
  /** The role that the stack is deployed with, if any. */
  roleArn?: string;
}

export interface UpdateRequest extends ResourceRequest {
  physicalId: string;
  previous: Properties;
}

export interface DeleteRequest extends ResourceRequest {
  physicalId: string;
}

export interface ResourceResult {
  /** What `Ref` gives. On update another one than before means: replaced, and the old one is deleted afterwards. */
  physicalId: string;
  /** What `Fn::GetAtt` gives; dots in names are kept flat (`"Endpoint.Address"`). */
  attributes: Record<string, unknown>;
}

/**
 * Carries out one CloudFormation resource type. `create` and `update` resolve when the resource is stable (an ECS
 * service: steady) and reject with a sentence when it cannot be. After a crash they are called again with the same
 * token. Unknown properties are not errors; a value that cannot be carried out is.
 */
export interface ResourceHandler {
  create(request: ResourceRequest): Promise<ResourceResult>;
  update(request: UpdateRequest): Promise<ResourceResult>;
  delete(request: DeleteRequest): Promise<void>;
  /**
   * What such a resource does for users in AWS and does not here, a few words each: told by `/_slipway/not-carried-out`.
   * Left out where nothing is missed.
   */
  notCarriedOut?(properties: Properties): string[];
}

/** Handlers by resource type. */
export type ResourceHandlers = Record<string, ResourceHandler>;
