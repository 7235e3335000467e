# shellcheck shell=sh disable=SC1090,SC2034
# mix_configure.sh ROOT VERSION FILE [PID]: mix_configure of core/remote/, in
# this shell, on an unpacked release without a node; PID is that of a VM for it.
# Prints its status and its reason.
root=$1
app=hotcode
remote=$PWD/core/remote
for file in lib env process output limit config_fail erl mix_config; do
	. "$remote/$file.sh"
done
mix_providers() {
	sed '/^%%/d' "$remote/mix_providers.erl"
}
vm_find() {
	vm_pid=${pid-}
}
hd_env() {
	:
}
hd_login=:
hd_umask=$(umask)
hd_printf=$(command -v printf)
hd_sh=$(command -v sh)
hd_setsid=$(command -v setsid)
hd_sleep=${HDEPLOY_SLEEP:-$(command -v sleep)} # between two looks at a limit
pid=${4-}
mkdir -p "$root/.hdeploy"
cd "$root" || exit
exec 3>&1
why=
mix_configure "$2" "$3"
echo "$?: $why"
ls "$root/.hdeploy"
