import { useEffect, useRef } from 'react';
import { diverging } from './palette';
import { useDark } from './useDark';

const SIDE = 28;

/** One digit as networks see it: the mean image subtracted. */
export function Digit({ pictures, sample }: { readonly pictures: Float32Array; readonly sample: number }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const dark = useDark();
  useEffect(() => {
    const values = pictures.subarray(sample * SIDE ** 2, (sample + 1) * SIDE ** 2);
    const limit = values.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-9);
    canvas.current
      ?.getContext('2d')
      ?.putImageData(new ImageData(diverging(values, limit, dark), SIDE, SIDE), 0, 0);
  }, [pictures, sample, dark]);
  return (
    <canvas
      ref={canvas}
      width={SIDE}
      height={SIDE}
      className="digit"
      role="img"
      aria-label={`Image of point ${sample}`}
    />
  );
}
