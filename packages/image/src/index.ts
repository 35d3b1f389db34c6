export { type BaseImage, type Platform, resolveBase } from './base.ts';
export { type BuildInput, buildImage } from './build.ts';
export { main, type World } from './cli.ts';
export { createEcr, type Ecr } from './ecr.ts';
export { ImageError, type ImageErrorCode } from './errors.ts';
export { type Provenance, provenanceType } from './provenance.ts';
export { findImage, type Pushed, type PushInput, pushImage, tagImage } from './push.ts';
export { createRegistries, type Registries } from './registries.ts';
