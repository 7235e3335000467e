# shellcheck shell=sh
# Makes the node of host 1 a unit: systemctl.sh plays systemd. UNIT is the
# folder of the unit; $UNIT/env is its EnvironmentFile, which the caller writes.
UNIT=$LAB/unit
mkdir -p "$UNIT" "$LAB/bin"
cp tests/support/systemctl.sh "$LAB/bin/systemctl"
chmod +x "$LAB/bin/systemctl"
PATH=$LAB/bin:$PATH
export PATH
echo "set -a; . $UNIT/env; exec $LAB/web1/bin/hotcode foreground" \
	>"$UNIT/exec"
sed -i "s|^path .*|&\nconnection = local\nservice = hotcode.service\nenv_file = $UNIT/env|
	/^env\./d" "$LAB/deploy.ini"
