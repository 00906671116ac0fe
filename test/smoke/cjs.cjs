require('./scenario.cjs')((name) => require(name));
