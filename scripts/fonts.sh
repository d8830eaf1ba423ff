#!/bin/sh
# Makes fonts/: DejaVu Sans and Bold with the letters that pictures need. Needs fonttools (pip install fonttools):
#     npm pack dejavu-fonts-ttf@2.37.3 && tar xzf dejavu-fonts-ttf-2.37.3.tgz && scripts/fonts.sh package
set -eu
from=${1:?usage: scripts/fonts.sh FOLDER_OF_THE_PACKAGE}
to=$(dirname "$0")/../fonts
letters=U+0020-007E,U+00A0-017F,U+02B0-02FF,U+0300-0338,U+0370-03FF,U+0400-045F,U+1D2C-1D6A
signs=U+2000-206F,U+2070-209F,U+20AC,U+2100-214F,U+2190-21FF,U+2200-22FF,U+25A0-25FF,U+FFFD
for font in DejaVuSans DejaVuSans-Bold; do
  pyftsubset "$from/ttf/$font.ttf" --unicodes="$letters,$signs" --no-hinting --desubroutinize --output-file="$to/$font.ttf"
done
cp "$from/LICENSE" "$to/LICENSE"
