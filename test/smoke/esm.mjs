import scenario from './scenario.cjs';

await scenario((name) => import(name));
