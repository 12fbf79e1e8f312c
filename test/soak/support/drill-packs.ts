/** A pack a system: series of one metric that holds the id of its message. */
export function packFiles(systems: number): Map<string, string> {
  const files = new Map<string, string>();
  for (let system = 0; system < systems; system++) {
    const id = `drill${system}`;
    files.set(
      `${id}/pack.yaml`,
      `id: ${id}
name: { zh: 演练, en: Drill }
short: { zh: 演练, en: Drill }
order: ${90 + system}
assetTypes: { node: { name: { zh: 节点, en: Node }, expected: [] } }
`,
    );
    files.set(
      `${id}/metrics.yaml`,
      `metrics:
  - { id: node/id, name: { zh: 编号, en: Id }, kind: gauge, history: day }
`,
    );
    files.set(
      `${id}/feeds.yaml`,
      `feeds:
  - id: count
    topic: drill/${system}/{key}
    qos: 1
    asset: node/{key}
    at: { path: ts, as: unix_ms }
    readings:
      id: { path: id, ops: [number] }
`,
    );
  }
  return files;
}
