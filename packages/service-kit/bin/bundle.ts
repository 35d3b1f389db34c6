/** Packs the service in the current folder into its `dist`. */
import { bundleService } from '../src/bundle.ts';

await bundleService(process.cwd());
