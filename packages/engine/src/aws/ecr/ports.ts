/** The node that this engine runs on; the base image is made of it. */
export interface NodeBinary {
  /** Absolute. */
  path: string;
  /** For instance `v24.21.0`. */
  version: string;
  /** As `process.arch` has it. */
  arch: string;
}

export interface EcrPorts {
  node: NodeBinary;
}
