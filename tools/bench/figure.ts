// One measured figure.

export type Figure = { measure: string; value: number; unit: string };
