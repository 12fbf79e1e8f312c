import { alarmsSpec } from './alarms.js';
import { barsSpec } from './bars.js';
import { cardSpec } from './card.js';
import { caseloadSpec } from './caseload.js';
import { clocksSpec } from './clocks.js';
import { coverageSpec } from './coverage.js';
import { donutSpec } from './donut.js';
import { figureSpec } from './figure.js';
import { flowSpec } from './flow.js';
import { gaugeSpec } from './gauge.js';
import { groupsSpec } from './groups.js';
import { healthSpec } from './health.js';
import { heatSpec } from './heat.js';
import { imageSpec } from './image.js';
import { levelSpec } from './level.js';
import { lineSpec } from './line.js';
import { mapSpec } from './map.js';
import { notableSpec } from './notable.js';
import { noticesSpec } from './notices.js';
import { occurrencesSpec } from './occurrences.js';
import type { PanelSpec } from './panel-spec.js';
import { progressSpec } from './progress.js';
import { radarSpec } from './radar.js';
import { rankingSpec } from './ranking.js';
import { reservoirsSpec } from './reservoirs.js';
import { stagesSpec } from './stages.js';
import { statesSpec } from './states.js';
import { systemsSpec } from './systems.js';
import { tableSpec } from './table.js';
import { textSpec } from './text.js';
import { timelineSpec } from './timeline.js';
import { videoSpec } from './video.js';
import { warningsSpec } from './warnings.js';
import { weatherSpec } from './weather.js';

/** Every panel type a scene may name, in the order of the alphabet. */
export const PANEL_SPECS: readonly PanelSpec[] = [
  alarmsSpec,
  barsSpec,
  cardSpec,
  caseloadSpec,
  clocksSpec,
  coverageSpec,
  donutSpec,
  figureSpec,
  flowSpec,
  gaugeSpec,
  groupsSpec,
  healthSpec,
  heatSpec,
  imageSpec,
  levelSpec,
  lineSpec,
  mapSpec,
  notableSpec,
  noticesSpec,
  occurrencesSpec,
  progressSpec,
  radarSpec,
  rankingSpec,
  reservoirsSpec,
  stagesSpec,
  statesSpec,
  systemsSpec,
  tableSpec,
  textSpec,
  timelineSpec,
  videoSpec,
  warningsSpec,
  weatherSpec,
];

const BY_TYPE = new Map(PANEL_SPECS.map((spec) => [spec.type, spec]));

export function panelSpec(type: string): PanelSpec | undefined {
  return BY_TYPE.get(type);
}
