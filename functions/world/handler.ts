// Lambda entry of `world`, called every two minutes and after each deployment.
import { checkWorld } from './check.ts';
import { worldDeps } from './deps.ts';

const deps = worldDeps(process.env);

export const handler = () => checkWorld(deps);
