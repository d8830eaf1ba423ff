import { useEffect, useState } from 'react';

const STEPS = [
  [
    'kernels',
    'Each map is the kernel of one layer: how alike the network finds every pair of images. The upper row is infinite width, which no data can change; the lower row has adapted to the targets.',
  ],
  [
    'alignment',
    'How well each layer sorts images as the targets do. The grey line cannot learn. The distance between it and the orange line is feature learning.',
  ],
  [
    'setup',
    'Everything can be changed. Begin with the width: narrower networks learn more, and every view follows.',
  ],
  [
    'networks',
    'Theories are claims about networks. Here you draw real ones from their posterior, and see whether the claim holds.',
  ],
] as const;

const calm = () => matchMedia('(prefers-reduced-motion: reduce)').matches;

/** Four steps through the page, one place each; over whenever one likes. */
export function Tour() {
  const [step, setStep] = useState<number>();
  useEffect(() => {
    if (step === undefined) return;
    const place = document.getElementById(STEPS[step][0]);
    place?.classList.add('toured');
    place?.scrollIntoView({ block: 'center', behavior: calm() ? 'instant' : 'smooth' });
    const leave = (event: KeyboardEvent) => event.key === 'Escape' && setStep(undefined);
    addEventListener('keydown', leave);
    return () => {
      place?.classList.remove('toured');
      removeEventListener('keydown', leave);
    };
  }, [step]);
  if (step === undefined)
    return (
      <button type="button" onClick={() => setStep(0)}>
        Tour in four steps
      </button>
    );
  const last = step === STEPS.length - 1;
  return (
    <section className="tour" aria-label="Tour">
      <p aria-live="polite">
        <strong>
          {step + 1} of {STEPS.length}
        </strong>{' '}
        {STEPS[step][1]}
      </p>
      <div>
        <button type="button" onClick={() => setStep(undefined)}>
          {last ? 'Close' : 'Skip'}
        </button>
        {!last && (
          <button type="button" className="action" onClick={() => setStep(step + 1)}>
            Next
          </button>
        )}
      </div>
    </section>
  );
}
