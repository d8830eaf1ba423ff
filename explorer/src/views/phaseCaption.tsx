import type { PointPhase } from '../engine/messages';
import { short } from '../ui/number';
import { EDGE_COLOUR } from '../ui/palette';
import { MathText } from '../ui/symbol';

interface PhaseCaptionProps {
  /** what the colours behind the edge say */
  readonly colours: string;
  /** the place of the network, where it is known */
  readonly point: PointPhase | undefined;
  readonly layers: number;
}

/** What colours and line of the phase diagram mean, and where the network stands. */
export function PhaseCaption({ colours, point, layers }: PhaseCaptionProps) {
  return (
    <>
      <p className="key">
        <span>
          <i style={{ background: EDGE_COLOUR }} /> edge of chaos
        </span>
        <span>
          <MathText text={colours} />
        </span>
      </p>
      <p className="state">
        {point && (
          <MathText
            text={`${point.phase}: χ = ${short(point.chi)}, ξ_c = ${short(point.xiC)} layers, the network has ${layers}`}
          />
        )}
        {point?.remark && `; ${point.remark}`}
      </p>
    </>
  );
}
