#!/bin/sh
# systemd_root.sh ROOT LAB UNIT...: becomes systemd, with the file system ROOT
# that it makes here, and with no units but these. For systemd.sh; runs in new
# namespaces, which end with it.
set -eu
root=$1
lab=$2
shift 2

mount -t tmpfs -o mode=755 tmpfs "$root"
cd "$root"
mkdir -p dev etc/systemd/system home proc root run srv sys tmp usr var/log \
	var/lib/dbus var/tmp
chmod 1777 tmp var/tmp
chmod 700 root
ln -s ../run var/run

mount --rbind /usr usr
mount -o remount,bind,ro usr
for name in bin sbin lib lib32 lib64; do
	if [ -L "/$name" ]; then
		cp -a "/$name" "$name"
	elif [ -d "/$name" ]; then
		mkdir "$name"
		mount --rbind "/$name" "$name"
		mount -o remount,bind,ro "$name"
	fi
done
mkdir -p ".$lab"
mount --bind "$lab" ".$lab"

# The kernel's settings are read-only.
mount -t proc proc proc
mount --bind proc/sys proc/sys
mount -o remount,bind,ro proc/sys
mount -t tmpfs -o mode=755 tmpfs sys
mkdir -p sys/fs/cgroup
mount -t cgroup2 cgroup2 sys/fs/cgroup
mount -t tmpfs -o mode=755 tmpfs run

mount -t tmpfs -o mode=755 tmpfs dev
mkdir dev/pts dev/shm
chmod 1777 dev/shm
for name in null zero full random urandom tty; do
	: >"dev/$name"
	mount --bind "/dev/$name" "dev/$name"
done
mount -t devpts -o newinstance,ptmxmode=0666,mode=620 devpts dev/pts
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd

for name in passwd group shadow gshadow login.defs nsswitch.conf hosts \
	ld.so.cache ld.so.conf ld.so.conf.d pam.d pam.conf security shells \
	sudoers ssl alternatives localtime; do
	[ ! -e "/etc/$name" ] || cp -a "/etc/$name" etc/
done
mkdir -p etc/sudoers.d
chmod 750 etc/sudoers.d
: >etc/machine-id

# Only these units, and none that generators make.
mkdir -p run/units/sockets.target.wants
for name; do
	cp "usr/lib/systemd/system/$name" run/units/
	case $name in
	*.socket) ln -s "../$name" run/units/sockets.target.wants/ ;;
	esac
done
ln -s multi-user.target run/units/default.target
mount --bind run/units usr/lib/systemd/system
mkdir run/empty
mount --bind run/empty usr/lib/systemd/system-generators

# Not a chroot, in which the kernel would show other paths for the processes of
# units with mounts of their own.
mkdir old
pivot_root . old
umount -l old
rmdir old
echo hdeploy-machine >/etc/hostname

# systemd leaves its console and clock alone in a container.
exec env -i container=hdeploy PATH=/usr/sbin:/usr/bin:/sbin:/bin setpriv \
	--bounding-set -sys_time,-sys_module,-sys_boot,-sys_rawio \
	/lib/systemd/systemd --show-status=no
