import { BarChart, LineChart, ScatterChart } from 'echarts/charts';
import { GraphicComponent, GridComponent, MarkLineComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';

// only what the panels draw: the rest of ECharts stays out of the bundle
use([BarChart, LineChart, ScatterChart, GraphicComponent, GridComponent, MarkLineComponent, CanvasRenderer]);

export { init };
