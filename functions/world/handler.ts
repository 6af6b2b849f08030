// Lambda entry of `world`, called every two minutes and by deployments.
import { checkWorld } from './check.ts';
import { recordDeployed, writtenResource } from './deployed.ts';
import { worldDeps } from './deps.ts';

const deps = worldDeps(process.env);

export const handler = (event: unknown) => {
  const resource = writtenResource(event);
  return resource ? recordDeployed(deps, resource) : checkWorld(deps);
};
